import type { Page } from '@playwright/test'
import { type RegisteredApplication, test } from '../fixtures'
import { giveAuthenticator, makeOwner, makePasskey, type Owner } from './people'

type Desk = { owner: Owner; application: RegisteredApplication; phone: Page }

/** An owner at their desk with an application of theirs, and the same person's phone with a passkey on it. */
export const journey = test.extend<{ desk: Desk }>({
  desk: async ({ db, page, signIn, openDevice, anApplication }, use) => {
    const owner = await makeOwner(db)
    const passkey = await makePasskey(db, owner)
    const application = await anApplication(owner)
    await signIn(page, owner)
    const phone = await openDevice()
    await giveAuthenticator(phone, passkey)
    await use({ owner, application, phone })
  },
})
