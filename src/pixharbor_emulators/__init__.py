"""Local stand-ins for the providers: real semantics, real error bodies, faults on demand."""
