/** Frozen with each dispatch. Raise it whenever the same facts would no longer render to the same bytes. */
export const TEMPLATE_VERSION = 4;
