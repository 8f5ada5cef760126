"""Views of the public pages: requests in, pages out; no rule of the domain."""
