import { type APIRequestContext, expect, type Page } from '@playwright/test'
import type { RegisteredApplication } from '../fixtures'

/** From the application's page to the page with the code. Answers with what the code says. */
export async function showCode(page: Page, application: RegisteredApplication): Promise<string> {
  await page.goto(`/applications/${application.application_id}/connect`)
  await page.getByRole('button', { name: 'Show the code' }).click()
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible()
  return (await page.getByRole('link', { name: 'Open on this device' }).getAttribute('href')) ?? ''
}

export async function openInWallet(phone: Page, deeplink: string): Promise<void> {
  await phone.goto(deeplink)
  await expect(phone.getByRole('button', { name: 'Refuse' })).toBeVisible()
}

export function numberOn(page: Page) {
  return page.getByRole('status', { name: 'Enter this number on your device' })
}

export async function readNumber(page: Page): Promise<string> {
  await expect(numberOn(page)).toHaveText(/^\d\d$/)
  return (await numberOn(page).textContent()) ?? ''
}

export async function acceptWithNumber(phone: Page, number: string): Promise<void> {
  await phone.getByLabel('Two-digit number').fill(number)
  await phone.getByRole('button', { name: 'Accept' }).click()
  await expect(phone.getByRole('heading', { name: 'Accepted' })).toBeVisible()
}

export async function readCode(page: Page): Promise<string> {
  const code = page.getByRole('textbox', { name: 'Connection code' })
  await expect(code).toHaveValue(/^[0-9a-f]{32}$/)
  return code.inputValue()
}

export type TokenAnswer = { access_token: string; refresh_token: string; token_type: string; expires_in: number }

export function exchange(request: APIRequestContext, application: RegisteredApplication, code: string) {
  return request.post('/oa2/v1/ac/token', {
    data: { grant_type: 'authorization_code', code, ...credentials(application) },
  })
}

export function refresh(request: APIRequestContext, application: RegisteredApplication, tokens: TokenAnswer) {
  return request.put('/oa2/v1/ac/token', {
    headers: { Authorization: `Bearer ${tokens.access_token}` },
    data: { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, ...credentials(application) },
  })
}

export function credentials({ client_id, client_secret }: RegisteredApplication) {
  return { client_id, client_secret, scope: 'app' }
}

/** seed 004: whatever is wrong with a credential, the answer is this one. */
export async function expectWrongCredentials(answer: { status(): number; json(): Promise<unknown> }): Promise<void> {
  expect(answer.status()).toBe(401)
  expect(await answer.json()).toMatchObject({ code: 700, message: 'Wrong credentials' })
}
