"""The fourth room: what follows from a maximum. Everything here takes a bound problem and its solution, never a Fit."""
