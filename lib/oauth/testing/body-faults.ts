type Fault = {
  what: string
  body: string
  /** Sent to, where it is not the endpoint itself. */
  query?: string
  headers?: Record<string, string>
  status: number
  description: string
  /** What the log says, where it is not the description. */
  detail?: string
}

/** What no endpoint with a form-encoded body takes, whatever it is for. `good` is a body that it would take; `name` one of its parameters. */
export function bodyFaults(good: Record<string, string>, name: string): Fault[] {
  const body = new URLSearchParams(good).toString()
  const wrong = (what: string, pair: string, description: string) => ({
    what,
    body: `${body}&${pair}`,
    status: 400,
    description,
  })
  const broken = 'The percent-encoding is broken.'
  const repeated = (of: string) => ({
    ...wrong(`${of} twice`, `${of}=x${of === name ? '' : `&${of}=y`}`, `'${of}' is there more than once.`),
    detail: `"${of}" is there more than once.`,
  })
  return [
    repeated(name),
    repeated('unknown'),
    wrong('a line break', 'x=a%0d%0aSet-Cookie:%20y', 'x holds characters that it cannot.'),
    wrong('a bare line feed', 'x=%0a', 'x holds characters that it cannot.'),
    wrong('a NUL', 'x=%00', 'x holds characters that it cannot.'),
    wrong('what is not ASCII', 'x=caf%C3%A9', 'x holds characters that it cannot.'),
    wrong('a value too long', `x=${'a'.repeat(4097)}`, 'x is too long.'),
    wrong('a name with a line break', '%0d%0a=1', 'The name of a parameter is not one.'),
    wrong('a name too long', `${'n'.repeat(65)}=1`, 'The name of a parameter is not one.'),
    wrong('a value without a name', '=1', 'The name of a parameter is not one.'),
    wrong('too many', Array.from({ length: 65 }, (_, n) => `p${n}=1`).join('&'), 'There are too many parameters.'),
    wrong('a percent sign that begins nothing', 'x=%', broken),
    wrong('no hex after it', 'x=%zz', broken),
    wrong('an escape of another language', 'x=%u0041', broken),
    wrong('bytes that are no UTF-8', 'x=%ff%fe', broken),
    wrong('an overlong line feed', 'x=%c0%8a', broken),
    wrong('half of a surrogate', 'x=%ed%a0%80', broken),
    {
      what: 'parameters in the address',
      body,
      query: '?client_secret=x',
      status: 400,
      description: 'Send the parameters in the body.',
    },
    {
      what: 'more than 64 KiB',
      body: `${body}&x=${'a'.repeat(70_000)}`,
      status: 413,
      description: 'The body is larger than 64 KiB.',
    },
    ...['text/plain', 'multipart/form-data; boundary=x', 'text/xml'].map((type) => ({
      what: `a body of ${type}`,
      body,
      headers: { 'content-type': type },
      status: 415,
      description: 'Send application/x-www-form-urlencoded.',
    })),
  ]
}
