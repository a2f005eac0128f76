import { eq } from 'drizzle-orm'
import { aConsent, aCustomer, anAccount } from '@/db/factories'
import { authorizationRequests } from '@/db/schema/oauth'
import { sessions } from '@/db/schema/people'
import { addDays, MINUTE } from '@/lib/core/time'
import { answered, codeOf, expect, expectNoViolations, expectNoViolationsAnyhow, newestMail } from './fixtures'
import { choose, comeBack, exchangeCode, itemNamed, PAY, press, SEE, visit } from './support/callback'
import { acceptWithNumber, openInWallet, readNumber } from './support/connect'
import {
  giveAuthenticator,
  giveCode,
  givePassword,
  makeOwner,
  makePasskey,
  makePerson,
  makeViewer,
} from './support/people'

const ASKS = /Ledgerly asks for access to your accounts/

function requestIdOf(url: string): string {
  return /arq_[0-9a-z]{20}/.exec(url)?.[0] ?? ''
}

visit(
  'whoever is sent by an application signs in, reads what it asks, allows a part, and goes back with a code',
  { tag: '@phone' },
  async ({ page, product, request, payer, client }) => {
    await page.goto(`${client.origin}/`)
    await page.goto(client.startUrl())

    await visit.step('both factors come first', async () => {
      await expect(page).toHaveURL(/\/sign-in\?return_to=%2Fconsent%2Farq_/)
      await givePassword(page, payer.email)
      await expect(page.getByLabel('One-time code')).toBeVisible()
      await giveCode(page, codeOf(await newestMail(product, payer.email, 'Your one-time code')))
    })

    await visit.step('the page says who asks, for whom, what, until when, and where the answer goes', async () => {
      await expect(page.getByRole('heading', { level: 1, name: ASKS })).toBeVisible()
      const main = page.getByRole('main')
      await expect(main).toContainText('Owner not verified')
      await expect(main).toContainText(new URL(client.origin).host)
      await expect(main).toContainText('Bianchi & Figli')
      await expect(main).toContainText(payer.account.iban.slice(0, 4))
      await expect(main).toContainText('Test money and test data')
      const end = addDays(new Date(), 180).toLocaleDateString('en', { dateStyle: 'long', timeZone: 'UTC' })
      await expect(itemNamed(page, SEE)).toContainText(`Until ${end}`)
      await expect(itemNamed(page, SEE)).toContainText('Reaches Main account')
      for (const sentence of [SEE, PAY]) {
        await expect(itemNamed(page, sentence).getByRole('radio', { name: 'Deny' })).toBeChecked()
      }
      await expectNoViolations(page)
    })

    await visit.step('both buttons are of one size', async () => {
      const sizes = []
      for (const name of ['Deny', 'Allow'] as const) {
        const box = await page.getByRole('button', { name, exact: true }).boundingBox()
        sizes.push([box?.width, box?.height])
      }
      expect(sizes[0]).toEqual(sizes[1])
    })

    const answer = await visit.step('what was allowed goes back as a code', async () => {
      await choose(page, SEE)
      await press(page, 'Allow')
      return comeBack(page, client)
    })
    expect(Object.fromEntries(answer)).toEqual({
      code: expect.stringMatching(/^[\w-]{43}$/),
      state: 'state of the test',
      iss: product.url,
    })

    await visit.step('the code is worth what was allowed, and nothing else', async () => {
      const { status, tokens } = await exchangeCode(request, client, answer.get('code'))
      expect(status).toBe(200)
      expect(tokens.scope).toBe('psd2-ais')
    })

    await visit.step('going back leads to where it began, and the page says that it was answered', async () => {
      await page.goBack()
      await expect(page).not.toHaveURL(/\/consent\//)
    })
  },
)

visit(
  'the flow with flowid goes out with 301 and comes back with state and flowid',
  async ({ page, request, signIn, payer, legacyClient }) => {
    await signIn(page, payer)
    const first = page.waitForResponse((response) => response.url().includes('/oauth2/authorize'))
    const start = legacyClient.startUrl()
    await page.goto(start)
    expect((await first).status()).toBe(301)
    await expect(page.getByRole('heading', { level: 1, name: ASKS })).toBeVisible()
    const address = page.url()

    await visit.step('the same browser that loads the link again goes on where it was', async () => {
      await page.goto(start)
      await expect(page).toHaveURL(address)
    })

    await choose(page, SEE)
    await choose(page, PAY)
    await press(page, 'Allow')
    const answer = await comeBack(page, legacyClient)
    expect([...answer.keys()].toSorted()).toEqual(['code', 'flowid', 'state'])
    expect(answer.get('state')).toBe('w4Am91fLZMKhDMT')
    expect(answer.get('flowid')).toBe('GetPSD2AuthCode')
    const { tokens } = await exchangeCode(request, legacyClient, answer.get('code'))
    expect(tokens.scope.split(' ').toSorted()).toEqual(['psd2-ais', 'psd2-pis'])
  },
)

visit(
  'denying goes back with access_denied, whatever was chosen above, and twenty minutes later too',
  async ({ page, signIn, payer, client }) => {
    await signIn(page, payer, { provedMinutesAgo: 20 })
    await page.goto(client.startUrl())
    await page.getByRole('button', { name: 'Yes to all' }).click()
    for (const sentence of [SEE, PAY]) {
      await expect(itemNamed(page, sentence).getByRole('radio', { name: 'Allow' })).toBeChecked()
    }
    await press(page, 'Deny')
    const answer = await comeBack(page, client)
    expect(answer.get('error')).toBe('access_denied')
    expect(answer.get('state')).toBe('state of the test')
    expect(answer.has('code')).toBe(false)
  },
)

visit('"Allow" with everything left on Deny allows nothing', async ({ page, signIn, payer, client }) => {
  await signIn(page, payer)
  await page.goto(client.startUrl())
  await press(page, 'Allow')
  expect((await comeBack(page, client)).get('error')).toBe('access_denied')
})

visit(
  'of several customers more than one can be chosen, and each becomes a consent',
  async ({ page, db, request, signIn, payer, client }) => {
    const second = await aCustomer(db, payer.id, { name: 'Marco Bianchi', kind: 'personal' })
    await anAccount(db, second.id, { name: 'Everyday' })
    await aCustomer(db, payer.id, { name: 'Vuota Srl' })
    await aCustomer(db, payer.id, { name: 'Casa Condominio' }, 'viewer')
    await signIn(page, payer)
    await page.goto(client.startUrl())
    const whom = page.getByRole('group', { name: 'For whom do you allow it?' })
    await expect(whom.getByRole('checkbox')).toHaveCount(2)
    for (const box of await whom.getByRole('checkbox').all()) await expect(box).not.toBeChecked()
    await expect(page.getByRole('listitem').filter({ hasText: 'Casa Condominio' })).toContainText('Only an owner')
    await expect(page.getByRole('listitem').filter({ hasText: 'Vuota Srl' })).toContainText('no account')
    await expectNoViolationsAnyhow(page)

    await visit.step('without a choice it says so beside the question, and keeps the rest', async () => {
      await choose(page, SEE)
      await press(page, 'Allow')
      await expect(whom).toHaveAccessibleDescription(/Choose for whom you allow it/)
      await expect(itemNamed(page, SEE).getByRole('radio', { name: 'Allow' })).toBeChecked()
      await expectNoViolationsAnyhow(page)
    })

    await whom.getByRole('checkbox', { name: 'Bianchi & Figli' }).check()
    await whom.getByRole('checkbox', { name: 'Marco Bianchi' }).check()
    await press(page, 'Allow')
    const answer = await comeBack(page, client)
    const { tokens } = await exchangeCode(request, client, answer.get('code'))
    expect(tokens.scope).toBe('psd2-ais')
    expect(tokens.additional_tokens).toHaveLength(1)
  },
)

visit(
  'a payment is described to the cent, made for one customer, and can be denied by itself',
  async ({ page, db, request, signIn, payer, client }) => {
    const second = await aCustomer(db, payer.id, { name: 'Marco Bianchi', kind: 'personal' })
    await anAccount(db, second.id)
    await signIn(page, payer)
    const details = {
      type: 'payment_initiation',
      instructedAmount: { amount: '123456.78', currency: 'EUR' },
      creditorName: 'Luce & Gas SpA',
      creditorAccount: { iban: 'IT60X0542811101000000123456' },
      remittanceInformationUnstructured: 'Invoice 42',
    }
    await page.goto(client.startUrl({ authorization_details: JSON.stringify([details]) }))
    const payment = itemNamed(page, 'Make this payment, once')
    for (const words of ['€123,456.78', 'Luce & Gas SpA', 'IT60 X054 2811 1010 0000 0123 456', 'Invoice 42']) {
      await expect(payment).toContainText(words)
    }
    await expectNoViolationsAnyhow(page)
    await expect(page.getByRole('group', { name: 'For whom' }).getByRole('radio')).toHaveCount(2)
    await page.getByRole('radio', { name: 'Bianchi & Figli' }).check()
    await payment.getByRole('radio', { name: 'Allow' }).check()
    await press(page, 'Allow')
    const answer = await comeBack(page, client)
    const { status } = await exchangeCode(request, client, answer.get('code'))
    expect(status).toBe(200)
  },
)

visit(
  'an old sign-in is confirmed in between, and what was chosen is sent without another press',
  async ({ page, db, signIn, payer, client }) => {
    await giveAuthenticator(page, await makePasskey(db, payer))
    await signIn(page, payer, { provedMinutesAgo: 6 })
    await page.goto(client.startUrl())
    await choose(page, PAY)
    await press(page, 'Allow')
    await expect(page.getByRole('heading', { name: 'Confirm that it is you' })).toBeVisible()
    expect(client.arrivals).toEqual([])
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    expect((await comeBack(page, client)).has('code')).toBe(true)
  },
)

visit(
  'a pause asks for the sign-in again, and what was chosen is there after it, not sent',
  async ({ page, db, product, signIn, payer, client }) => {
    await signIn(page, payer)
    await page.goto(client.startUrl())
    await choose(page, PAY)
    const past = new Date(Date.now() - 6 * MINUTE)
    await db.update(sessions).set({ lastActiveAt: past, authTime: past }).where(eq(sessions.personId, payer.id))
    await press(page, 'Allow')
    await expect(page.getByText('You have been signed out meanwhile')).toBeVisible()
    await givePassword(page, payer.email)
    await expect(page.getByLabel('One-time code')).toBeVisible()
    await giveCode(page, codeOf(await newestMail(product, payer.email, 'Your one-time code')))
    await expect(itemNamed(page, PAY).getByRole('radio', { name: 'Allow' })).toBeChecked()
    await expect(itemNamed(page, SEE).getByRole('radio', { name: 'Deny' })).toBeChecked()
    expect(client.arrivals).toEqual([])
    await press(page, 'Allow')
    expect((await comeBack(page, client)).has('code')).toBe(true)
  },
)

visit(
  'without scripts it works from the link to the callback',
  async ({ product, request, openDevice, payer, client }) => {
    const page = await openDevice({ javaScriptEnabled: false })
    await page.goto(client.startUrl())
    await givePassword(page, payer.email)
    await giveCode(page, codeOf(await newestMail(product, payer.email, 'Your one-time code')))
    await expect(page.getByRole('heading', { level: 1, name: ASKS })).toBeVisible()
    await choose(page, SEE)
    await press(page, 'Allow')
    const answer = await comeBack(page, client)
    const { tokens } = await exchangeCode(request, client, answer.get('code'))
    expect(tokens.scope).toBe('psd2-ais')
  },
)

visit('without scripts a denial goes back too', async ({ openDevice, signIn, payer, client }) => {
  const page = await openDevice({ javaScriptEnabled: false })
  await signIn(page, payer)
  await page.goto(client.startUrl())
  await press(page, 'Deny')
  expect((await comeBack(page, client)).get('error')).toBe('access_denied')
})

visit(
  'without scripts a fresh proof is given on its page, and the choices are there again after it',
  async ({ product, openDevice, signIn, payer, client }) => {
    const page = await openDevice({ javaScriptEnabled: false })
    await signIn(page, payer, { provedMinutesAgo: 6 })
    await page.goto(client.startUrl())
    await choose(page, SEE)
    await press(page, 'Allow')
    await page.getByRole('link', { name: 'Confirm that it is you' }).click()
    await page.getByRole('button', { name: 'Send me a code' }).click()
    const mail = await newestMail(product, payer.email, 'Your one-time code')
    await page.getByLabel('One-time code').first().fill(codeOf(mail))
    await page.getByRole('button', { name: 'Confirm', exact: true }).first().click()
    await expect(page.getByRole('heading', { level: 1, name: ASKS })).toBeVisible()
    await expect(itemNamed(page, SEE).getByRole('radio', { name: 'Allow' })).toBeChecked()
    await expect(itemNamed(page, PAY).getByRole('radio', { name: 'Deny' })).toBeChecked()
    await press(page, 'Allow')
    expect((await comeBack(page, client)).has('code')).toBe(true)
  },
)

visit(
  'of two tabs the first answer counts, and the other says what was decided',
  async ({ page, signIn, payer, client }) => {
    await signIn(page, payer)
    await page.goto(client.startUrl())
    const second = await page.context().newPage()
    await second.goto(page.url())
    await choose(second, SEE)
    await press(page, 'Deny')
    await comeBack(page, client)
    await press(second, 'Allow')
    await expect(second.getByRole('heading', { name: 'This has been answered' })).toBeVisible()
    await expect(second.getByRole('main')).toContainText('Nothing was allowed')
    await expect(second.getByRole('button', { name: 'Allow' })).toHaveCount(0)
    await expectNoViolationsAnyhow(second)
    expect(client.arrivals).toHaveLength(1)
  },
)

visit('pressing twice sends one answer', async ({ page, signIn, payer, client }) => {
  await signIn(page, payer)
  await page.goto(client.startUrl())
  await choose(page, SEE)
  await page.getByRole('button', { name: 'Allow', exact: true }).dblclick()
  expect((await comeBack(page, client)).has('code')).toBe(true)
  expect(client.arrivals).toHaveLength(1)
})

visit('after the answer its address says that nothing is left to do', async ({ page, signIn, payer, client }) => {
  await signIn(page, payer)
  await page.goto(`${client.origin}/`)
  await page.goto(client.startUrl())
  const address = page.url()
  await choose(page, SEE)
  await press(page, 'Allow')
  await comeBack(page, client)
  await page.goBack()
  await expect(page).toHaveURL(`${client.origin}/`)
  await page.goto(address)
  await expect(page.getByRole('heading', { name: 'This has been answered' })).toBeVisible()
  await expectNoViolationsAnyhow(page)
  await page.getByRole('link', { name: 'See your consents' }).click()
  await expect(page.getByRole('link', { name: 'Ledgerly' })).toBeVisible()
})

visit(
  'another browser gets nothing, and the same as for a request that never was',
  async ({ page, signIn, openDevice, payer, client, expectedErrors }) => {
    expectedErrors.push(answered(404))
    await signIn(page, payer)
    await page.goto(client.startUrl())
    const address = page.url()
    const other = await openDevice()
    const seen = []
    for (const path of [address, `/consent/arq_${'0'.repeat(20)}`, '/consent/nothing']) {
      for (const isSignedIn of [false, true]) {
        if (isSignedIn) await signIn(other, payer)
        else await other.context().clearCookies()
        const answer = await other.goto(path)
        const words = (await other.getByRole('main').textContent())?.replace(/req_\w+/g, 'req_')
        seen.push({ status: answer?.status(), words })
      }
    }
    expect(seen[0]?.status).toBe(404)
    expect(seen[0]?.words).toContain('This request is not open in this browser')
    for (const one of seen) expect(one).toEqual(seen[0])
    await expectNoViolationsAnyhow(other)
  },
)

visit(
  'one that nobody answered in time says so, to the page that is still open as well',
  async ({ page, db, signIn, payer, client }) => {
    await signIn(page, payer)
    await page.goto(client.startUrl())
    await choose(page, SEE)
    await db
      .update(authorizationRequests)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(authorizationRequests.id, requestIdOf(page.url())))
    await press(page, 'Allow')
    await expect(page.getByRole('heading', { name: 'This request has run out' })).toBeVisible()
    await expectNoViolationsAnyhow(page)
    expect(client.arrivals).toEqual([])
  },
)

visit(
  'another person in this browser cannot answer; "Not you?" hands it over',
  async ({ page, db, product, signIn, payer, client }) => {
    const other = await makeOwner(db, { name: 'Bruno Ferri', customerName: 'Ferri Snc' })
    await signIn(page, payer)
    await page.goto(client.startUrl())
    await expect(page.getByRole('heading', { level: 1, name: ASKS })).toBeVisible()
    const address = page.url()
    await signIn(page, other)
    await page.goto(address)
    await expect(page.getByRole('heading', { name: 'Somebody else began this' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Allow' })).toHaveCount(0)
    await expectNoViolationsAnyhow(page)

    await signIn(page, payer)
    await page.goto(address)
    await page.getByRole('button', { name: 'Not you?' }).click()
    await expect(page).toHaveURL(/\/sign-in\?return_to=%2Fconsent%2Farq_/)
    await givePassword(page, other.email)
    await giveCode(page, codeOf(await newestMail(product, other.email, 'Your one-time code')))
    await expect(page.getByText('Ferri Snc')).toBeVisible()
    await press(page, 'Deny')
    expect((await comeBack(page, client)).get('error')).toBe('access_denied')
  },
)

visit('whoever has nothing to allow is told why, and can deny', async ({ page, db, signIn, payer, client }) => {
  const nobody = await makePerson(db)
  const viewer = await makeViewer(db, payer.customerId)
  const bare = await makePerson(db)
  await aCustomer(db, bare.id, { name: 'Vuota Srl' })
  for (const [person, words] of [
    [nobody, 'There is nothing that you could allow here'],
    [viewer, 'Only an owner can allow this'],
    [bare, 'No account that it could reach'],
  ] as const) {
    client.arrivals.length = 0
    await signIn(page, person)
    await page.goto(client.startUrl())
    await expect(page.getByText(words)).toBeVisible()
    await expect(page.getByRole('button', { name: 'Allow' })).toHaveCount(0)
    await expectNoViolationsAnyhow(page)
    await press(page, 'Deny')
    expect((await comeBack(page, client)).get('error')).toBe('access_denied')
  }
})

visit(
  'whoever allowed something before reads what denying it now would end',
  async ({ page, db, signIn, payer, client }) => {
    const application = { id: client.application_id, environment: 'sandbox' } as const
    await aConsent(db, application, { personId: payer.id, customerId: payer.customerId }, { scopes: ['psd2-ais'] })
    await signIn(page, payer)
    await page.goto(client.startUrl())
    await expect(page.getByText('You have allowed this application something before')).toBeVisible()
    await expectNoViolationsAnyhow(page)
  },
)

visit('by keyboard alone', async ({ page, signIn, payer, client }) => {
  await signIn(page, payer)
  await page.goto(client.startUrl())
  await expect(page.getByRole('button', { name: 'Yes to all' })).toBeVisible()
  const see = itemNamed(page, SEE).getByRole('radio', { name: 'Deny' })
  for (let presses = 0; presses < 40; presses += 1) {
    if (await see.evaluate((radio) => radio === document.activeElement)) break
    await page.keyboard.press('Tab')
  }
  await expect(see).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(itemNamed(page, SEE).getByRole('radio', { name: 'Allow' })).toBeChecked()
  await page.keyboard.press('Tab')
  await expect(itemNamed(page, PAY).getByRole('radio', { name: 'Deny' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Deny', exact: true })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Allow', exact: true })).toBeFocused()
  await page.keyboard.press('Enter')
  expect((await comeBack(page, client)).has('code')).toBe(true)
})

visit('Enter in a choice denies: it never allows', async ({ page, signIn, payer, client }) => {
  await signIn(page, payer)
  await page.goto(client.startUrl())
  await choose(page, SEE)
  await itemNamed(page, SEE).getByRole('radio', { name: 'Allow' }).press('Enter')
  expect((await comeBack(page, client)).get('error')).toBe('access_denied')
})

visit.describe('in the wallet instead', () => {
  visit(
    'what was chosen is signed on the phone, and this browser goes back with the code',
    async ({ page, db, request, signIn, openDevice, payer, client }) => {
      const phone = await openDevice()
      await giveAuthenticator(phone, await makePasskey(db, payer))
      await signIn(phone, payer)
      await signIn(page, payer, { provedMinutesAgo: 20 })
      await page.goto(client.startUrl())
      await choose(page, SEE)
      await page.getByRole('button', { name: 'Approve in your wallet instead' }).click()
      await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible()
      await expectNoViolationsAnyhow(page)
      await openInWallet(
        phone,
        (await page.getByRole('link', { name: 'Open on this device' }).getAttribute('href')) ?? '',
      )
      await expect(phone.getByRole('main')).toContainText('Bianchi & Figli')
      await expect(page.getByText(/Opened by M\S* B/)).toBeVisible()
      await expectNoViolationsAnyhow(page)
      await acceptWithNumber(phone, await readNumber(page))
      const answer = await comeBack(page, client)
      const { tokens } = await exchangeCode(request, client, answer.get('code'))
      expect(tokens.scope).toBe('psd2-ais')
    },
  )

  visit(
    'a refusal there allows nothing, and leaves the decision to the page, choices kept',
    async ({ page, db, signIn, openDevice, payer, client }) => {
      const phone = await openDevice()
      await giveAuthenticator(phone, await makePasskey(db, payer))
      await signIn(phone, payer)
      await signIn(page, payer)
      await page.goto(client.startUrl())
      await choose(page, PAY)
      await page.getByRole('button', { name: 'Approve in your wallet instead' }).click()
      await openInWallet(
        phone,
        (await page.getByRole('link', { name: 'Open on this device' }).getAttribute('href')) ?? '',
      )
      await phone.getByRole('button', { name: 'Refuse' }).click()
      await expect(page.getByText('The request was refused on the device.')).toBeVisible()
      await expectNoViolationsAnyhow(page)
      await page.getByRole('link', { name: 'Decide on this page' }).click()
      await expect(itemNamed(page, PAY).getByRole('radio', { name: 'Allow' })).toBeChecked()
      await press(page, 'Allow')
      expect((await comeBack(page, client)).has('code')).toBe(true)
    },
  )

  visit('whoever would rather decide here withdraws it', async ({ page, signIn, payer, client }) => {
    await signIn(page, payer)
    await page.goto(client.startUrl())
    await page.getByRole('button', { name: 'Approve in your wallet instead' }).click()
    await expect(page.getByRole('main').getByRole('alert')).toContainText('Allow at least one of the things asked for')
    await choose(page, SEE)
    await page.getByRole('button', { name: 'Approve in your wallet instead' }).click()
    await page.getByRole('button', { name: 'Decide on this page instead' }).click()
    await press(page, 'Deny')
    expect((await comeBack(page, client)).get('error')).toBe('access_denied')
  })
})
