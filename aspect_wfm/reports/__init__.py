"""What Aspect WFM derives from the Agent Productivity report files, in a bucket or a folder.

It follows the wire contract, not the code that writes the files, so that it can reveal
differences.
"""
