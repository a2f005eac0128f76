/** The pages of one application, below its address. */
export const PAGES_OF_APPLICATION = [
  '',
  '/credentials',
  '/certificates',
  '/certificates/submit',
  '/certificates/sandbox',
  '/callbacks',
  '/connections',
  '/team',
  '/activity',
  '/settings',
  '/connect',
]
