"""What people and machines see of it all: findings, pages, reports. Imports from all rooms but `commands`."""
