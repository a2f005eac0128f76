import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { makeAuthority, makeClientChain } from '@/lib/certificates/testing/make-client-chain'
import { toPem } from '@/lib/certificates/to-pem'
import { expect, expectNoViolationsAnyhow, test } from './fixtures'
import { callMtls } from './support/call-mtls'
import { makeOwner } from './support/people'
import { runCommand } from './support/product'

const run = promisify(execFile)

test(
  'the page of a chain tells live who connected with it, and why somebody else was refused',
  {},
  async ({ page, db, product, signIn, anApplication }, info) => {
    const owner = await makeOwner(db)
    const application = await anApplication(owner)
    const { client_id: clientId, client_secret: clientSecret } = application
    const root = makeAuthority(`Root ${clientId.slice(0, 8)}`, new Date())
    const chain = makeClientChain({ root })
    const file = async (name: string, text: string) => {
      await mkdir(info.outputDir, { recursive: true })
      await writeFile(path.join(info.outputDir, name), text)
      return path.join(info.outputDir, name)
    }
    await runCommand(product, ['anchor', 'add', await file('root.pem', toPem([root.der]))])
    const submitted = await runCommand<{ certificate_id: string }>(product, [
      ...['certificate', 'submit', '--application', application.application_id],
      await file('chain.pem', chain.pem),
    ])
    await signIn(page, owner)
    await page.goto(`/applications/${application.application_id}/certificates/${submitted.certificate_id}`)
    const live = page.getByRole('status').filter({ hasText: /connection|certificate/i })
    await expect(live).toContainText('Waiting for a connection')
    await expect(page.getByText('All replicas (1)')).toBeVisible()
    await expectNoViolationsAnyhow(page)
    const line = (await page.getByRole('region', { name: 'With curl' }).textContent()) ?? ''
    const url = /https:\/\/\S+\/v1\/application/.exec(line)?.[0] ?? ''

    await test.step('the right certificate', async () => {
      const { cert, key } = chain
      await expect.poll(() => callMtls(url, { cert, key, clientId, clientSecret })).toBe(200)
      await expect(live).toContainText('The right certificate was seen')
      await expect(live).toContainText('over TLS 1.3 on the 2-way listener')
      await expect(page.getByText('None yet')).toBeHidden()
    })

    await test.step('a certificate of another CA, whose names are no markup', async () => {
      const { cert, key } = makeClientChain({ name: '<b>Not ours</b> \u202erotcerid' })
      expect(await callMtls(url, { cert, key, clientId, clientSecret })).toBe(403)
      await expect(live).toContainText('A connection was refused')
      await expect(live).toContainText(
        /<b>Not ours<\/b>.* is signed by “Intermediate .*, but you submitted one signed by/,
      )
      await expect(page.getByText('this may be somebody else')).toBeVisible()
      await expectNoViolationsAnyhow(page)
    })

    await test.step('no certificate', async () => {
      expect(await callMtls(url, { clientId, clientSecret })).toBe(403)
      await expect(live).toContainText('No client certificate came with the connection')
    })

    await test.step('the lines of the page work as they stand', async () => {
      await file('key.pem', chain.key)
      const shell = (script: string) =>
        run('sh', ['-c', script], {
          cwd: info.outputDir,
          env: { ...process.env, APPLICATION_SECRET: clientSecret },
        })
      expect(JSON.parse((await shell(line.slice(line.indexOf('curl')))).stdout)).toMatchObject({ client_id: clientId })
      const openssl = (await page.getByRole('region', { name: 'With openssl' }).textContent()) ?? ''
      expect((await shell(openssl)).stdout).toContain('HTTP/1.1 401')
      await expect(live).toContainText('The right certificate was seen')
    })
  },
)
