"""The web application: routes, sign-in, limits, and the server that runs them."""
