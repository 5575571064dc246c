"""Word documents under measurement: the engine beside docxtpl and the programs of Node; see bench/README.md."""
