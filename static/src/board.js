/* the board's dragging */
