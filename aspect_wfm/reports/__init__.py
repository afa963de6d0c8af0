"""What Aspect WFM makes of the Agent Productivity report files, from the report bucket or a folder.

It is written from the wire contract, not from the code that writes the files, so that the two can
disagree.
"""
