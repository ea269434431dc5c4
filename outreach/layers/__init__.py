"""What lies on the ground: one file a layer, its columns, how it is read and checked."""
