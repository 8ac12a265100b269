// edge.js: what stands between the world and the functions: API, users,
// firewall, CloudFront, bucket of the page.
'use strict';
const {
  differs, list, ofType, properties, refersTo, spelled, unlike,
} = require('./reading.js');

// Managed policies of CloudFront, which have these ids in every account.
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4be5a84d39ad';
const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';
const ADDRESS_HEADER = 'x-viewer-address';
const KEY_HEADER = 'x-origin-key';
const KEY = '{{resolve:secretsmanager:${OriginKey}}}';
const API_PATHS = ['/vanitynumbers', '/callers'];
const METHODS = {
  LookupMethod: 'LookupFunction', CallersMethod: 'CallersFunction',
};
// All that the access log may hold: no address, no query, no user.
const LOGGED = [
  'requestId', 'requestTime', 'httpMethod', 'resourcePath', 'status',
  'responseLatency', 'responseLength', 'error.messageString',
].map((field) => `$context.${field}`);
// The content-security policy; what is not in it may not be in the header.
const CSP = {
  'default-src': "'none'", 'script-src': "'self'", 'style-src': "'self'",
  'img-src': "'self'", 'connect-src': "'self'", 'manifest-src': "'self'",
  'base-uri': "'none'", 'form-action': "'self'", 'frame-ancestors': "'none'",
};
const YEAR_S = 31536000;

function authorised(template) {
  const authorizer = properties(template, 'ApiAuthorizer');
  return [
    ...ofType(template, 'AWS::ApiGateway::Method').flatMap((method) => {
      const { name, AuthorizationType: type, AuthorizerId: by } = method;
      const isCallers = name === 'CallersMethod';
      const types = (type || {})['Fn::If'] || [];
      const closed = isCallers ? type : types[2];
      return [
        spelled(closed) !== 'COGNITO_USER_POOLS' &&
          `${name} asks for no token where it should`,
        !refersTo(by, 'ApiAuthorizer') && `${name} asks nobody for the token`,
        !isCallers && types[0] !== 'LookupIsPublic' &&
          `${name} is open for another reason than LookupAccess`,
        !refersTo(method.RequestValidatorId, 'ApiValidator') &&
          `${name} validates no request`,
      ];
    }),
    unlike('ApiAuthorizer', authorizer.Type, 'COGNITO_USER_POOLS'),
    unlike('users of ApiAuthorizer', list(authorizer.ProviderARNs)[0],
      '${Users.Arn}'),
    unlike('source of ApiAuthorizer', authorizer.IdentitySource,
      'method.request.header.Authorization'),
    properties(template, 'ApiValidator').ValidateRequestParameters !== true &&
      'ApiValidator passes over parameters',
  ];
}

// Each method is answered by its function.
function answered(template) {
  return Object.entries(METHODS).flatMap(([name, fn]) => {
    const { Integration: to = {}, HttpMethod } = properties(template, name);
    return [
      unlike(`method of ${name}`, HttpMethod, 'GET'),
      unlike(`integration of ${name}`, to.Type, 'AWS_PROXY'),
      !spelled(to.Uri).endsWith(`/functions/\${${fn}.Arn}/invocations`) &&
        `${name} is not answered by ${fn}`,
      !(to.TimeoutInMillis > 3000) && `${name} gives up before ${fn} does`,
    ];
  });
}

function usersAreInvited(template) {
  const users = properties(template, 'Users');
  const client = properties(template, 'UsersClient');
  return [
    (users.AdminCreateUserConfig || {}).AllowAdminCreateUserOnly !== true &&
      'Users lets anybody sign up',
    users.MfaConfiguration !== 'ON' && 'Users asks for no second factor',
    client.PreventUserExistenceErrors !== 'ENABLED' &&
      'UsersClient tells who is a user',
    ...differs('way back of UsersClient', list(client.CallbackURLs).map(spelled),
      ['https://${Distribution.DomainName}/signed-in.html']),
    ...differs('scopes of UsersClient', list(client.AllowedOAuthScopes),
      ['openid']),
  ];
}

function guardedStage(template) {
  return ofType(template, 'AWS::ApiGateway::Stage').flatMap((stage) => {
    const all = list(stage.MethodSettings).find((settings) =>
      settings.ResourcePath === '/*' && settings.HttpMethod === '*') || {};
    const walls = ofType(template, 'AWS::WAFv2::WebACLAssociation')
      .filter((wall) => refersTo(wall.ResourceArn, stage.name));
    return [
      unlike(`rate of ${stage.name}`, all.ThrottlingRateLimit, '${ApiRate}'),
      unlike(`burst of ${stage.name}`, all.ThrottlingBurstLimit, '${ApiBurst}'),
      all.DataTraceEnabled !== false && `${stage.name} logs whole requests`,
      !['ERROR', 'OFF'].includes(all.LoggingLevel) &&
        `${stage.name} logs at level ${all.LoggingLevel}`,
      !walls.some((wall) => refersTo(wall.WebACLArn, 'Firewall')) &&
        `${stage.name} has no firewall`,
    ];
  });
}

// Each kind of access is published by its own deployment.
function published(template) {
  const stage = properties(template, 'ApiStage');
  const [when, open, closed] = (stage.DeploymentId || {})['Fn::If'] || [];
  const made = (ref) => template.Resources[(ref || {}).Ref] || {};
  return [
    unlike('switch of the deployments', when, 'LookupIsPublic'),
    unlike('condition of the open one', made(open).Condition, 'LookupIsPublic'),
    unlike('condition of the closed one', made(closed).Condition,
      'LookupNeedsToken'),
    ...[open, closed].flatMap((ref) => differs(`before ${spelled(ref)}`,
      list(made(ref).DependsOn), Object.keys(METHODS))),
  ];
}

function noPersonalLog(template) {
  return ofType(template, 'AWS::ApiGateway::Stage').flatMap((stage) => {
    const { DestinationArn: to, Format: format = '' } =
      stage.AccessLogSetting || {};
    let fields;
    try {
      fields = Object.values(JSON.parse(format));
    } catch {
      return [`the access log of ${stage.name} is no JSON: ${format}`];
    }
    return [
      unlike('the access log', to, '${ApiLog.Arn}'),
      ...fields.filter((field) => !LOGGED.includes(field))
        .map((field) => `the access log holds ${field}`),
    ];
  });
}

function wayAround({ Statement: statement }) {
  const match = ((((statement || {}).NotStatement || {}).Statement || {})
    .ByteMatchStatement) || {};
  const header = ((match.FieldToMatch || {}).SingleHeader || {}).Name;
  return [
    unlike('header of the key', header, KEY_HEADER),
    unlike('key that is asked for', match.SearchString, KEY),
    unlike('comparison of the key', match.PositionalConstraint, 'EXACTLY'),
  ];
}

function rate({ Statement: statement }) {
  const limit = (statement || {}).RateBasedStatement || {};
  const forwarded = limit.ForwardedIPConfig || {};
  return [
    unlike('limit by address', limit.Limit, '${LookupsPerAddress}'),
    // Behind CloudFront every address is CloudFront's.
    unlike('key of the limit', limit.AggregateKeyType, 'FORWARDED_IP'),
    unlike('header of the limit', forwarded.HeaderName, ADDRESS_HEADER),
    unlike('fallback of the limit', forwarded.FallbackBehavior, 'MATCH'),
  ];
}

function firewall(template) {
  const acl = properties(template, 'Firewall');
  const [first = {}, second = {}, ...others] = list(acl.Rules)
    .toSorted((a, b) => a.Priority - b.Priority);
  return [
    unlike('scope of Firewall', acl.Scope, 'REGIONAL'),
    ...[first, second, ...others]
      .filter(({ Action }) => !(Action || {}).Block)
      .map(({ Name }) => `the rule ${Name} of Firewall blocks nothing`),
    ...wayAround(first),
    ...rate(second),
  ];
}

// The secret that CloudFront sends is the one that the firewall asks for.
function originKey(template) {
  const { Origins: origins = [] } =
    properties(template, 'Distribution').DistributionConfig || {};
  const api = origins.find(({ Id }) => Id === 'api') || {};
  const headers = list(api.OriginCustomHeaders)
    .map((one) => `${one.HeaderName}: ${spelled(one.HeaderValue)}`);
  const secret = properties(template, 'OriginKey').GenerateSecretString || {};
  return [
    ...differs('headers to the API', headers, [`${KEY_HEADER}: ${KEY}`]),
    !(secret.PasswordLength >= 32) && 'OriginKey is short',
    properties(template, 'OriginKey').SecretString &&
      'OriginKey is written down',
  ];
}

function behaviours(template) {
  const { DefaultCacheBehavior: rest, CacheBehaviors: others } =
    properties(template, 'Distribution').DistributionConfig || {};
  return [{ PathPattern: '*', ...rest }, ...list(others)];
}

function uncached(template) {
  const all = behaviours(template);
  const api = all.filter(({ TargetOriginId }) => TargetOriginId === 'api');
  return [
    ...differs('paths to the API', api.map((one) => one.PathPattern),
      API_PATHS),
    ...api.flatMap((behaviour) => [
      behaviour.CachePolicyId !== CACHING_DISABLED &&
        `${behaviour.PathPattern} is cached by CloudFront`,
      behaviour.OriginRequestPolicyId !== ALL_VIEWER_EXCEPT_HOST &&
        `${behaviour.PathPattern} loses the token or the query`,
    ]),
  ];
}

function guardedPage(template) {
  const viewer = properties(template, 'ViewerAddress').FunctionCode || '';
  return [
    ...behaviours(template).flatMap((behaviour) => {
      const { PathPattern: place, TargetOriginId: origin } = behaviour;
      const hooks = list(behaviour.FunctionAssociations).filter((hook) =>
        hook.EventType === 'viewer-request' && refersTo(hook, 'ViewerAddress'));
      return [
        !refersTo(behaviour.ResponseHeadersPolicyId, 'SecurityHeaders') &&
          `${place} has no security headers`,
        !['https-only', 'redirect-to-https']
          .includes(behaviour.ViewerProtocolPolicy) &&
          `${place} is served in plain`,
        `${behaviour.AllowedMethods}` !== 'GET,HEAD' &&
          `${place} takes ${behaviour.AllowedMethods}`,
        origin === 'api' && !hooks.length && `${place} hides the viewer's address`,
      ];
    }),
    !viewer.includes(
      `request.headers['${ADDRESS_HEADER}'] = {value: event.viewer.ip}`) &&
      'ViewerAddress does not overwrite the address',
    unlike('firewall of CloudFront', (properties(template, 'Distribution')
      .DistributionConfig || {}).WebACLId, JSON.stringify({ 'Fn::If': [
      'HasSiteFirewall', { Ref: 'SiteFirewallArn' }, { Ref: 'AWS::NoValue' }] })),
  ];
}

function securityHeaders(template) {
  const headers = (properties(template, 'SecurityHeaders')
    .ResponseHeadersPolicyConfig || {}).SecurityHeadersConfig || {};
  const { ContentSecurityPolicy: csp = {}, StrictTransportSecurity: hsts = {},
    ContentTypeOptions: sniff = {}, FrameOptions: frame = {},
    ReferrerPolicy: referrer = {} } = headers;
  const directives = (csp.ContentSecurityPolicy || '').split(';')
    .map((directive) => directive.trim().replace(/\s+/g, ' '));
  return [
    ...differs('content-security policy', directives,
      Object.entries(CSP).map((pair) => pair.join(' '))),
    ...[['ContentSecurityPolicy', csp], ['StrictTransportSecurity', hsts],
      ['ContentTypeOptions', sniff], ['FrameOptions', frame],
      ['ReferrerPolicy', referrer]].filter(([, one]) => one.Override !== true)
      .map(([name]) => `${name} may be overridden`),
    !(hsts.AccessControlMaxAgeSec >= YEAR_S) &&
      'StrictTransportSecurity is short',
    unlike('FrameOptions', frame.FrameOption, 'DENY'),
    unlike('ReferrerPolicy', referrer.ReferrerPolicy, 'no-referrer'),
  ];
}

// The bucket is read by CloudFront, signed; the API is asked by TLS 1.2.
function origins(template) {
  const { Origins: all = [] } =
    properties(template, 'Distribution').DistributionConfig || {};
  const [site = {}, api = {}] = ['site', 'api']
    .map((id) => all.find(({ Id }) => Id === id));
  const signing = properties(template, 'SiteAccess')
    .OriginAccessControlConfig || {};
  const tls = api.CustomOriginConfig || {};
  return [
    unlike('access to the bucket', site.OriginAccessControlId,
      '${SiteAccess.Id}'),
    unlike('signing', signing.SigningBehavior, 'always'),
    unlike('protocol to the API', tls.OriginProtocolPolicy, 'https-only'),
    ...differs('TLS to the API', list(tls.OriginSSLProtocols), ['TLSv1.2']),
  ];
}

function closedBucket(template) {
  return ofType(template, 'AWS::S3::Bucket').flatMap((bucket) => {
    const block = bucket.PublicAccessBlockConfiguration || {};
    return ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls',
      'RestrictPublicBuckets']
      .filter((key) => block[key] !== true)
      .map((key) => `${bucket.name} lacks ${key}`);
  });
}

module.exports = {
  authorised, answered, usersAreInvited, guardedStage, noPersonalLog, firewall,
  published, originKey, uncached, guardedPage, securityHeaders, origins,
  closedBucket,
};
