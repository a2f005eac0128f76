import { type Messages, NextIntlClientProvider } from 'next-intl'
import { getMessages } from 'next-intl/server'
import type { ReactNode } from 'react'

/** What scripts of any page may have to say: that a proof is too old, or that something failed. */
const EVERYWHERE = ['ErrorPages', 'SignIn', 'StepUp']

/**
 * The part of the catalogue that scripts below it read, by the names that they ask for; `Consents.renew` is a part of a part.
 * The rest stays on the server, which would otherwise send all of it with every page.
 */
export async function ClientMessages({ names = [], children }: { names?: string[]; children: ReactNode }) {
  const messages = await getMessages()
  const chosen = [...EVERYWHERE, ...names].reduce((all, name) => choose(messages, name.split('.'), all), {} as Tree)
  return <NextIntlClientProvider messages={chosen as Messages}>{children}</NextIntlClientProvider>
}

type Tree = { [key: string]: Tree | string }

/** `chosen`, with the branch at that path besides. */
function choose(messages: unknown, [name, ...rest]: string[], chosen: Tree): Tree {
  if (name === undefined) return messages as Tree
  const branch = (messages as Tree)[name]
  return {
    ...chosen,
    [name]: rest.length === 0 ? (branch as Tree) : choose(branch, rest, (chosen[name] ?? {}) as Tree),
  }
}
