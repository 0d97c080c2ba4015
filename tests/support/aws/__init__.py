"""A recorded graph's AWS resources, made in an AWS that forgets (moto), by AWS's own client with the arguments of the program."""
