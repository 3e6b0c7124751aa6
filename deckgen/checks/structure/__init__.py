"""What the format demands. These findings can be neither silenced nor lowered."""
