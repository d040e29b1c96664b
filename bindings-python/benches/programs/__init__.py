"""What is run for either side: ``python -m benches.programs.NAME SIDE URL ...`` prints samples as JSON."""
