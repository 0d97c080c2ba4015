"""Commands and engines that end at random moments: the same command again must converge."""
