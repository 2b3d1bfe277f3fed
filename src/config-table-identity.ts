// The settings of tokens that others issue: two ways, alike but for how their tokens are signed.

function claims<P extends string>(prefix: P) {
  return [
    { name: `${prefix}_AUDIENCE_CLAIM`, default: 'aud', meaning: 'The claim that names for whom the token is.' },
    { name: `${prefix}_CLOCK_SKEW_SECONDS`, default: '30', meaning: 'So far its clock and ours may differ, 0 to 300.' },
    {
      name: `${prefix}_SUBJECT_CLAIM`,
      default: 'sub',
      meaning: 'The claim that is the userId. Claims may be paths: a.b.',
    },
    {
      name: `${prefix}_SUBJECT_PREFIX`,
      default: '',
      meaning: 'Before every subject, so that the people of two issuers are not taken for each other.',
    },
    {
      name: `${prefix}_EMAIL_CLAIM`,
      default: 'email',
      meaning: 'The claim with the address; not used where email_verified says false.',
    },
    { name: `${prefix}_NAME_CLAIM`, default: 'name', meaning: 'The claim with the name, for bookings that give none.' },
    { name: `${prefix}_ROLE_CLAIM`, default: 'role', meaning: 'The claim with the role or roles, as text or list.' },
    {
      name: `${prefix}_ROLES`,
      default: 'staff=staff,service=service,practitioner=practitioner,client=client',
      meaning: 'Its names for our roles, as theirs=ours by comma; of several that a token has the first counts.',
    },
    {
      name: `${prefix}_DEFAULT_ROLE`,
      default: '',
      meaning: 'Role of those whose token names none of these; unset: they are refused.',
    },
    {
      name: `${prefix}_PRACTITIONER_CLAIM`,
      default: 'practitioner',
      meaning: 'The claim with the id of a practitioner here, needed for that role.',
    },
    {
      name: `${prefix}_ORGANISATION_CLAIM`,
      default: '',
      meaning: 'The claim that names the organisation; unset: all belong to this practice.',
    },
    {
      name: `${prefix}_ORGANISATIONS`,
      default: '',
      meaning: 'Its names for organisations here, as theirs=id by comma; others are refused.',
    },
  ] as const;
}

export const IDENTITY_GROUPS = [
  {
    title: 'Tokens of an outside issuer (OpenID Connect), checked with its public keys',
    settings: [
      { name: 'OIDC_ISSUER', default: '', meaning: 'Its address, exactly as `iss` has it; unset: none.' },
      {
        name: 'OIDC_AUDIENCE',
        default: '',
        meaning: 'What tokens for this API have as audience; several by comma. Needed with OIDC_ISSUER.',
      },
      { name: 'OIDC_JWKS_URL', default: '', meaning: 'Address of its keys; unset: as its discovery document says.' },
      {
        name: 'OIDC_ALGORITHMS',
        default: 'RS256,PS256,ES256,EdDSA',
        meaning: 'Algorithms it may sign with; public keys only.',
      },
      ...claims('OIDC'),
    ],
  },
  {
    title: 'Tokens that a platform signs with a secret it shares with us (HS256)',
    settings: [
      { name: 'JWT_ISSUER', default: '', meaning: 'Their `iss`, exactly; unset: none.' },
      { name: 'JWT_AUDIENCE', default: '', meaning: 'Their audience; several by comma. Needed with JWT_ISSUER.' },
      { name: 'JWT_SECRET', default: '', secret: true, meaning: 'The shared secret, at least 32 characters.' },
      ...claims('JWT'),
    ],
  },
] as const;
