"""What every page of ours needs of HTTP: files, forms, who asks, and the guard before a handler."""
