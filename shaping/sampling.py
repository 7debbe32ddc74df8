"""How often the queues of a live device are looked at."""

# Between two samples of what waits in the queues: of a window of 15 s they are 300, which tell a share of its time
# within 3 % (one standard deviation), where a tenth of a second told it within 4 %.
SAMPLE_SECONDS = 0.05

# And samples take a twentieth of a processor at most: of 500 OPDs one takes 16 ms. Of a processor, not by the clock:
# waiting for the kernel's lock of all interfaces costs nobody anything, and made 82 samples of 150 on a busy machine.
SAMPLING_REST = 20
