"""A made document as plain HTML, for looking at and printing where no converter is installed."""
