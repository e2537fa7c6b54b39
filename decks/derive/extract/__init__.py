"""Documents -> candidates: one module for each kind of knowledge, a reason with every accept and reject."""
