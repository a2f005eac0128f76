'use server'

import { addPublicKeys } from '@/lib/credentials/add-public-keys'
import { chooseRetirement } from '@/lib/credentials/choose-retirement'
import { endKey } from '@/lib/credentials/end-key'
import { endSecret } from '@/lib/credentials/end-secret'
import { makeSecret } from '@/lib/credentials/make-secret'
import { moveKeyEnd } from '@/lib/credentials/move-key-end'
import { moveSecretEnd } from '@/lib/credentials/move-secret-end'
import { AddPublicKeysInput, RevokePublicKeyInput } from '@/lib/credentials/public-key-schema'
import { replaceSecret } from '@/lib/credentials/replace-secret'
import { revokePublicKey } from '@/lib/credentials/revoke-public-key'
import { revokeSecret } from '@/lib/credentials/revoke-secret'
import { rotateKey } from '@/lib/credentials/rotate-key'
import { rotateSecret } from '@/lib/credentials/rotate-secret'
import {
  ChooseRetirementInput,
  KeyInput,
  MakeSecretInput,
  MoveKeyEndInput,
  MoveSecretEndInput,
  RevokeSecretInput,
  RotateKeyInput,
  RotateSecretInput,
  SecretInput,
} from '@/lib/credentials/schema'
import { formAction } from '@/lib/http/form-action'

export const makeSecretAction = formAction(MakeSecretInput, makeSecret, { area: 'portal' })

export const rotateSecretAction = formAction(RotateSecretInput, rotateSecret, { area: 'portal' })

export const replaceSecretAction = formAction(SecretInput, replaceSecret, { area: 'portal' })

export const endSecretAction = formAction(SecretInput, endSecret, { area: 'portal' })

export const moveSecretEndAction = formAction(MoveSecretEndInput, moveSecretEnd, { area: 'portal' })

export const chooseRetirementAction = formAction(ChooseRetirementInput, chooseRetirement, { area: 'portal' })

export const revokeSecretAction = formAction(RevokeSecretInput, revokeSecret, { area: 'portal' })

export const rotateKeyAction = formAction(RotateKeyInput, rotateKey, { area: 'portal' })

export const endKeyAction = formAction(KeyInput, endKey, { area: 'portal' })

export const moveKeyEndAction = formAction(MoveKeyEndInput, moveKeyEnd, { area: 'portal' })

export const addPublicKeysAction = formAction(AddPublicKeysInput, addPublicKeys, { area: 'portal' })

export const revokePublicKeyAction = formAction(RevokePublicKeyInput, revokePublicKey, { area: 'portal' })
