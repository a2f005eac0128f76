import NextLink from 'next/link'
import type { ComponentProps } from 'react'

/**
 * A way to another page, which is fetched when it is followed. Each page here is made for its reader at that moment: fetching
 * every one that a menu names would cost the server twenty answers for each that is read (ADR 0047).
 */
export function Link(props: ComponentProps<typeof NextLink>) {
  return <NextLink prefetch={false} {...props} />
}
