"""request_tracker"""
