/** A module whose loading blocks its thread. */
for (;;);
