"""What whoever runs the machine needs: parts laid down, copies kept, faults named. Settings in, files and answers."""
