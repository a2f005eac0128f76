import { eq } from 'drizzle-orm'
import { dispositions } from '@/db/schema/dispositions'
import { answered, expect, test } from './fixtures'
import {
  acceptWithNumber,
  exchange,
  expectWrongCredentials,
  numberOn,
  openInWallet,
  readCode,
  readNumber,
  refresh,
  showCode,
  type TokenAnswer,
} from './support/connect'
import { journey } from './support/desk'
import { makeOwner, makePasskey, makePerson, type Owner } from './support/people'

function idOf(url: string): string {
  return /dsp_[0-9a-z]{20}/.exec(url)?.[0] ?? ''
}

journey(
  'an owner connects an account by phone, uses the code, sees the use, and revokes',
  { tag: '@phone' },
  async ({ page, request, desk }) => {
    const { application, phone, owner } = desk

    const deeplink = await showCode(page, application)
    expect(deeplink).toMatch(/\/wallet\/d#/)

    await test.step('the phone is asked to sign in first, and keeps the request meanwhile', async () => {
      await phone.goto(deeplink)
      await expect(phone.getByRole('heading', { name: 'Sign in' })).toBeVisible()
      expect(phone.url()).not.toContain('#')
      await phone.getByRole('button', { name: 'Use a passkey' }).click()
      await expect(phone.getByRole('heading', { name: /Ledgerly asks for your approval/ })).toBeVisible()
    })

    await test.step('it says who asks, what for, what it cannot do, and Refuse has the focus', async () => {
      await expect(phone.getByText('See this account, its balance and its movements')).toBeVisible()
      await expect(phone.getByText('Move money without a permission of its own from you')).toBeVisible()
      await expect(phone.getByText('Owner not verified')).toBeVisible()
      await expect(phone.getByRole('button', { name: 'Refuse' })).toBeFocused()
    })

    await test.step('the page shows who opened it, masked, and the number that the phone asks for', async () => {
      await expect(page.getByText(/Opened by G\S* R/)).toBeVisible()
      await expect(page.getByRole('main')).not.toContainText(owner.name)
      await acceptWithNumber(phone, await readNumber(page))
    })

    const code = await readCode(page)
    await test.step('the code is shown once', async () => {
      await page.reload()
      await expect(page.getByText('The code has been shown before')).toBeVisible()
      await expect(page.getByRole('textbox', { name: 'Connection code' })).toHaveCount(0)
    })

    const tokens = await test.step('the code gives tokens, and they are renewed', async () => {
      const first = await exchange(request, application, code)
      expect(first.status()).toBe(200)
      const pair = (await first.json()) as TokenAnswer
      expect(Object.keys(pair).toSorted()).toEqual(['access_token', 'expires_in', 'refresh_token', 'token_type'])
      const renewed = await refresh(request, application, pair)
      expect(renewed.status()).toBe(200)
      const again = await exchange(request, application, code)
      expect(again.status()).toBe(200)
      return (await renewed.json()) as TokenAnswer
    })

    await test.step('the secure area tells of the connection and its use', async () => {
      await page.goto('/connections')
      await page.getByRole('link', { name: 'Ledgerly' }).click()
      await expect(page.getByRole('heading', { level: 1 })).toContainText('Ledgerly')
      await expect(async () => {
        await page.reload()
        await expect(page.getByText('used 3 times in 24 hours')).toBeVisible({ timeout: 1000 })
      }).toPass()
      await expect(page.getByText('Accepted with a passkey')).toBeVisible()
    })

    await test.step('once revoked, neither code nor token is worth anything', async () => {
      await page.getByRole('button', { name: 'Revoke connection' }).click()
      const dialog = page.getByRole('alertdialog')
      await expect(dialog.getByRole('button', { name: 'Keep it' })).toBeFocused()
      await dialog.getByRole('button', { name: 'Revoke connection' }).click()
      await expect(page.getByText('This connection is revoked')).toBeVisible()
      await expectWrongCredentials(await exchange(request, application, code))
      await expectWrongCredentials(await refresh(request, application, tokens))
    })
  },
)

journey('what is refused on the phone is refused on the page', async ({ page, signIn, desk }) => {
  const { application, phone, owner } = desk
  await signIn(phone, owner)
  await openInWallet(phone, await showCode(page, application))
  await phone.getByRole('button', { name: 'Refuse' }).click()
  await expect(phone.getByRole('heading', { name: 'Refused' })).toBeVisible()
  await expect(page.getByText('The request was refused on the device.')).toBeVisible()
  await page.getByRole('link', { name: 'Start again' }).click()
  await expect(page.getByRole('button', { name: 'Show the code' })).toBeVisible()
})

journey('a request that is cancelled on the page is over on the phone', async ({ page, signIn, desk }) => {
  const { application, phone, owner } = desk
  await signIn(phone, owner)
  const deeplink = await showCode(page, application)
  await openInWallet(phone, deeplink)
  await page.getByRole('button', { name: 'Cancel this request' }).click()
  await expect(page.getByText('You cancelled this.')).toBeVisible()
  await expect(phone.getByRole('heading', { name: 'Cancelled in the meantime' })).toBeVisible()
})

journey('a code that nobody opens in time expires, and the wallet says so', async ({ page, db, signIn, desk }) => {
  const { application, phone, owner } = desk
  await signIn(phone, owner)
  const deeplink = await showCode(page, application)
  const past = new Date(Date.now() - 1000)
  await db
    .update(dispositions)
    .set({ importUntil: past })
    .where(eq(dispositions.id, idOf(page.url())))
  await expect(page.getByText('There are five minutes to open the code')).toBeVisible()
  await phone.goto(deeplink)
  await expect(phone.getByRole('heading', { name: 'This code has expired' })).toBeVisible()
})

journey('a request that is not decided in time expires on both screens', async ({ page, db, signIn, desk }) => {
  const { application, phone, owner } = desk
  await signIn(phone, owner)
  await openInWallet(phone, await showCode(page, application))
  const past = new Date(Date.now() - 1000)
  await db
    .update(dispositions)
    .set({ decideUntil: past })
    .where(eq(dispositions.id, idOf(page.url())))
  await expect(page.getByText('There are five minutes to open the code')).toBeVisible()
  await expect(phone.getByRole('heading', { name: 'Time is up' })).toBeVisible()
})

journey(
  'somebody else who opens the code is turned away, before and after its owner, and the page says so',
  async ({ page, db, signIn, openDevice, desk }) => {
    const { application, phone, owner } = desk
    const stranger = await openDevice()
    await signIn(stranger, await makePerson(db, { name: 'Mallory Quick' }))
    await signIn(phone, owner)
    const deeplink = await showCode(page, application)
    await stranger.goto(deeplink)
    await expect(stranger.getByRole('heading', { name: 'This code belongs to another sign-in' })).toBeVisible()
    await expect(page.getByRole('main').getByRole('alert')).toContainText('One attempt was turned away')
    await openInWallet(phone, deeplink)
    await stranger.goto('/wallet')
    await stranger.goto(deeplink)
    await expect(stranger.getByRole('heading', { name: 'This code belongs to another sign-in' })).toBeVisible()
    await expect(page.getByRole('main').getByRole('alert')).toContainText('2 attempts were turned away')
  },
)

journey('three wrong numbers refuse the request', async ({ page, signIn, desk }) => {
  const { application, phone, owner } = desk
  await signIn(phone, owner)
  await openInWallet(phone, await showCode(page, application))
  const wrong = (await readNumber(page)) === '10' ? '11' : '10'
  for (const left of ['2 tries left', 'One try left', null]) {
    await phone.getByLabel('Two-digit number').fill(wrong)
    await phone.getByRole('button', { name: 'Check number' }).click()
    if (left) await expect(phone.getByLabel('Two-digit number')).toHaveAccessibleDescription(new RegExp(left))
  }
  await expect(phone.getByRole('heading', { name: 'Refused: three wrong numbers' })).toBeVisible()
  await expect(page.getByText('Refused after three wrong numbers')).toBeVisible()
})

journey('going back never accepts twice nor shows a code again', async ({ page, signIn, desk }) => {
  const { application, phone, owner } = desk
  await signIn(phone, owner)
  await phone.goto('/wallet')
  await openInWallet(phone, await showCode(page, application))
  await acceptWithNumber(phone, await readNumber(page))
  await readCode(page)

  await phone.getByRole('link', { name: 'Back to the wallet' }).click()
  await expect(phone.getByRole('heading', { name: 'Wallet' })).toBeVisible()
  await phone.goBack()
  await expect(phone.getByRole('heading', { name: 'Accepted' })).toBeVisible()
  await expect(phone.getByRole('button', { name: 'Accept' })).toHaveCount(0)

  await page.getByRole('button', { name: 'I have stored it' }).click()
  await page.getByRole('link', { name: 'See the connection' }).click()
  await expect(page.getByRole('heading', { name: 'History' })).toBeVisible()
  await page.goBack()
  await expect(page.getByText('The code has been shown before')).toBeVisible()
})

journey('of two tabs on the same request one shows the code, both the outcome', async ({ page, signIn, desk }) => {
  const { application, phone, owner } = desk
  await signIn(phone, owner)
  const deeplink = await showCode(page, application)
  const second = await page.context().newPage()
  await second.goto(page.url())
  await openInWallet(phone, deeplink)
  const number = await readNumber(second)
  await expect(numberOn(page)).toHaveText(number)
  await acceptWithNumber(phone, number)
  const shown = (tab: typeof second) => tab.getByRole('textbox', { name: 'Connection code' })
  const before = (tab: typeof second) => tab.getByText('The code has been shown before')
  for (const tab of [page, second]) await expect(shown(tab).or(before(tab))).toBeVisible()
  expect((await shown(page).count()) + (await shown(second).count())).toBe(1)
})

journey('the page goes on asking while it is in the background', async ({ page, signIn, desk }) => {
  const { application, phone, owner } = desk
  await signIn(phone, owner)
  const deeplink = await showCode(page, application)
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
    Object.defineProperty(document, 'hidden', { get: () => true })
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await openInWallet(phone, deeplink)
  await acceptWithNumber(phone, await readNumber(page))
  await readCode(page)
})

journey(
  'a person who is signed out while the page waits is told, and finds the outcome after signing in',
  async ({ page, signIn, expectedErrors, desk }) => {
    const { application, phone, owner } = desk
    expectedErrors.push(answered(401))
    await signIn(phone, owner)
    const deeplink = await showCode(page, application)
    await page.context().clearCookies()
    await expect(page.getByText('You have been signed out')).toBeVisible()
    await openInWallet(phone, deeplink)
    await phone.getByRole('button', { name: 'Refuse' }).click()
    await signIn(page, owner as Owner)
    await page.reload()
    await expect(page.getByText('The request was refused on the device.')).toBeVisible()
  },
)

journey(
  'a passkey that is too new accepts nothing, and refusing stays possible',
  async ({ page, db, signIn, openDevice, anApplication }) => {
    const owner = await makeOwner(db)
    const application = await anApplication(owner)
    await makePasskey(db, owner, { acceptsFrom: new Date(Date.now() + 3_600_000) })
    await signIn(page, owner)
    const phone = await openDevice()
    await signIn(phone, owner)
    await openInWallet(phone, await showCode(page, application))
    await expect(phone.getByRole('main').getByRole('alert')).toContainText('Your passkey is too new')
    await expect(phone.getByRole('button', { name: 'Accept' })).toHaveCount(0)
    await phone.getByRole('button', { name: 'Refuse' }).click()
    await expect(phone.getByRole('heading', { name: 'Refused' })).toBeVisible()
  },
)
