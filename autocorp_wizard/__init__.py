"""AutoCorp Wizard: from nothing to a running AWS data lake, and a watch kept over it afterwards."""
