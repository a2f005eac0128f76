import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { KeyUsageFlags } from '@peculiar/asn1-x509'
import type { Database } from '@/db/client'
import { recordEvent } from '@/lib/audit/record-event'
import type { Context } from '@/lib/context/context'
import { assert } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { open, seal } from '@/lib/core/seal'
import { sha256 } from '@/lib/core/secrets'
import { addDays, addMs, MINUTE } from '@/lib/core/time'
import { env } from '@/lib/env/env'
import { insertAnchor } from './anchor-store'
import { bumpTrustStore } from './bump-trust-store'
import { findSetting, keepSetting } from './sandbox-store'
import { type Signer, type Subject, signCertificate, toSerial } from './sign-certificate'

export type SandboxCa = { root: Buffer; intermediate: Buffer; signer: Signer }

const SETTING = 'sandbox-ca'
const ROOT_DAYS = 3653
const ORGANIZATION = 'Countersign Sandbox (test only)'
const CA_USAGE = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign

/**
 * The installation's own CA for the sandbox: made at the first need, kept sealed for good, its root a trust anchor of the
 * sandbox alone. The root signs one intermediate, the intermediate signs leaves; the root's key is forgotten after that.
 */
export async function getSandboxCa(ctx: Context): Promise<SandboxCa> {
  const found = await findSetting(ctx.db, SETTING)
  if (found) return openCa(found)
  await makeCa(ctx)
  const kept = await findSetting(ctx.db, SETTING)
  assert(kept, 'the sandbox CA was not kept')
  return openCa(kept)
}

/** Null before the first need. */
export async function findSandboxCa(db: Database): Promise<SandboxCa | null> {
  const found = await findSetting(db, SETTING)
  return found ? openCa(found) : null
}

type Kept = { root: string; intermediate: string; subject: Subject; privateKey: string }

async function makeCa(ctx: Context): Promise<void> {
  const { root, intermediate, subject, privateKey } = generateCa(ctx.now)
  const kept: Kept = {
    root: root.toString('base64'),
    intermediate: intermediate.toString('base64'),
    subject,
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  }
  const sealed = seal(env().secretKeys, 'sandbox-ca', JSON.stringify(kept), SETTING)
  const system = { ...ctx, actor: { kind: 'system' as const, name: 'sandbox-ca' } }
  await ctx.db.transaction(async (tx) => {
    if (!(await keepSetting(tx, SETTING, sealed))) return // another replica was first
    const anchorId = newId('anchor')
    const fingerprint = sha256(root)
    await insertAnchor(tx, {
      id: anchorId,
      environment: 'sandbox',
      owner: ORGANIZATION,
      purpose: 'sandbox certificates made in the portal',
      subject: `CN=${subject.CN?.replace('Intermediate', 'Root')}`,
      der: root,
      sha256: fingerprint,
      notBefore: addMs(ctx.now, -5 * MINUTE),
      notAfter: addDays(ctx.now, ROOT_DAYS),
      createdAt: ctx.now,
    })
    await bumpTrustStore(tx, ctx.now)
    const data = { sha256: fingerprint.toString('hex') }
    await recordEvent(tx, system, { action: 'sandbox-ca.made', environment: 'sandbox', subjectId: anchorId, data })
  })
}

function generateCa(now: Date): { root: Buffer; intermediate: Buffer; subject: Subject; privateKey: KeyObject } {
  // Two installations must not have roots of one name: a person may submit to the wrong one.
  const mark = randomBytes(3).toString('hex')
  const root = newSigner({ C: 'XX', O: ORGANIZATION, CN: `Countersign Sandbox Root ${mark}` })
  const intermediate = newSigner({ C: 'XX', O: ORGANIZATION, CN: `Countersign Sandbox Intermediate ${mark}` })
  const common = { notBefore: addMs(now, -5 * MINUTE), notAfter: addDays(now, ROOT_DAYS), keyUsage: CA_USAGE }
  return {
    root: signCertificate({ ...common, ...root, ca: { pathLength: null }, serial: toSerial(randomBytes(16)) }, root),
    intermediate: signCertificate(
      { ...common, ...intermediate, ca: { pathLength: 0 }, serial: toSerial(randomBytes(16)) },
      root,
    ),
    subject: intermediate.subject,
    privateKey: intermediate.privateKey,
  }
}

function newSigner(subject: Subject): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { subject, spki: publicKey.export({ format: 'der', type: 'spki' }), privateKey }
}

function openCa(sealed: Buffer): SandboxCa {
  const text = open(env().secretKeys, 'sandbox-ca', sealed, SETTING)
  assert(text !== null, 'no key of SECRET_KEY opens the sandbox CA; add the key that it was sealed with')
  const kept = JSON.parse(text) as Kept
  const intermediate = Buffer.from(kept.intermediate, 'base64')
  const privateKey = createPrivateKey(kept.privateKey)
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return { root: Buffer.from(kept.root, 'base64'), intermediate, signer: { subject: kept.subject, spki, privateKey } }
}
