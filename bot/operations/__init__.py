"""What whoever runs the bot looks at: health, metrics and logs; none of it holds a text or an address of a person."""
