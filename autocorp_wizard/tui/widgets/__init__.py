"""The parts that screens are made of. Each is usable alone; none calls the engine."""
