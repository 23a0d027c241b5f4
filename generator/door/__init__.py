"""Turns an OpenAPI document as it comes into one that generates, and says each thing that it did."""
