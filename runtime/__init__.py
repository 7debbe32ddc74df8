"""What every process of ours is made of: secrets, files, metrics, command, logs, jobs, health.

Imports nothing of ours.
"""
