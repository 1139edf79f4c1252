"""Deliver packages by SFTP: ``gateway sftp``."""
