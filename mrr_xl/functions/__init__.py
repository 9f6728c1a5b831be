"""The metrics as sheet functions, which every host and the calculator share: raw cells in, values and errors out."""
