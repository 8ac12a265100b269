// settled.js: what is settled word by word, because a slip there deploys well
// and does something else: conditions, what outlives the stack, outputs, what
// parameters take, single values.
'use strict';
const { differs, list, spelled } = require('./reading.js');

const text = JSON.stringify;
const is = (name, value) => ({ 'Fn::Equals': [{ Ref: name }, value] });
const not = (condition) => ({ 'Fn::Not': [condition] });
const ref = (name) => ({ Ref: name });
const sub = (words) => ({ 'Fn::Sub': words });
// Part of an ARN between slashes.
const part = (index, of) => ({ 'Fn::Select': [index, { 'Fn::Split': ['/', of] }] });

const CONDITIONS = {
  HasImport: not(is('ImportPrefix', '')),
  HasSms: not(is('SmsNumberArn', '')),
  HasMail: not(is('AlarmMail', '')),
  HasSiteFirewall: not(is('SiteFirewallArn', '')),
  LookupIsPublic: is('LookupAccess', 'public'),
  LookupNeedsToken: not({ Condition: 'LookupIsPublic' }),
  MakesApiLogRole: is('ApiLogRole', 'create'),
};
// Resources that are not always there.
const CONDITIONAL = [
  'SmsFlow HasSms', 'NoticesByMail HasMail', 'Budget HasMail',
  'ApiWriterRole MakesApiLogRole', 'ApiWriter MakesApiLogRole',
  'ApiDeploymentPublic LookupIsPublic', 'ApiDeploymentJwt LookupNeedsToken',
];
// What becomes of each when the stack goes, and when another takes its place.
const STAYS = 'RetainExceptOnCreate, then Retain';
const GOES = 'Delete, then Delete';
const OUTLIVE = {
  IndexTable: STAYS, Users: STAYS, Site: STAYS, ApiWriterRole: STAYS,
  ApiWriter: STAYS, CallsTable: 'Delete, then Retain', Key: 'Delete, then Retain',
  LookupLog: GOES, CallLogLog: GOES, CallersLog: GOES, ApiLog: GOES,
  ApiErrorLog: GOES, OriginKey: GOES,
};

const OUTPUTS = {
  SiteUrl: sub('https://${Distribution.DomainName}'),
  SignInUrl: sub('https://${SignIn}.auth.${AWS::Region}.amazoncognito.com/' +
    'login?client_id=${UsersClient}&response_type=token&scope=openid&' +
    'redirect_uri=https://${Distribution.DomainName}/signed-in.html'),
  ApiUrl: sub('https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/' +
    '${Stage}'),
  SiteBucket: ref('Site'),
  DistributionId: ref('Distribution'),
  IndexTable: ref('IndexTable'),
  CallsTable: ref('CallsTable'),
  LookupFunction: ref('LookupFunction'),
  CallersFunction: ref('CallersFunction'),
  UserPool: ref('Users'),
  LookupAccess: ref('LookupAccess'),
  ConnectInstance: part(1, ref('ConnectInstanceArn')),
  ContactFlow: { 'Fn::GetAtt': 'ContactFlow.ContactFlowArn' },
  FlowTests: sub('${FlowTest.TestCaseArn} ${FlowLimitTest.TestCaseArn}'),
  AlarmPrefix: sub('vanity-${Stage}-'),
};

// What each parameter takes, and what it refuses.
const INSTANCE = 'arn:aws:connect:eu-west-1:111122223333:instance/' +
  '01234567-89ab-cdef-0123-456789abcdef';
const NUMBER = 'arn:aws:connect:eu-west-1:111122223333:phone-number/a1-b2';
const ACL = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/a_b/' +
  '01234567-89ab-cdef-0123-456789abcdef';
const TAKEN = {
  Stage: [['prod', 'a', 'a123456789012345'],
    ['', 'Prod', '1a', 'a-b', 'a1234567890123456', 'aws', 'laws', 'amazon',
      'mycognito']],
  ConnectInstanceArn: [[INSTANCE, INSTANCE.replace('aws', 'aws-us-gov')],
    ['', 'x', `${INSTANCE}/x`, NUMBER, INSTANCE.replace('1111', '')]],
  SmsNumberArn: [['', NUMBER, NUMBER.replace('connect', 'sms-voice')],
    ['x', INSTANCE, `${NUMBER} `]],
  ArtifactBucket: [['abc', 'a.b-c', 'a--b'],
    ['', 'A', 'a..b', '-a', 'a-', '.a', 'a_b', 's3://a']],
  ImportPrefix: [['', 'index/00ff/'], ['index', 'a b/', '/x']],
  SiteFirewallArn: [['', ACL],
    ['x', ACL.replace('us-east-1', 'eu-west-1'), ACL.replace('global', 'regional')]],
  AlarmMail: [['', 'me@example.com'], ['me', 'a b@example.com', 'a@b@c']],
};
const CHOICES = {
  Architecture: 'arm64,x86_64', ImportCompression: 'ZSTD,GZIP,NONE',
  LookupAccess: 'public,jwt', ApiLogRole: 'create,present',
};

// [resource, path of the property, its value].
const FLOW_ID = part(3, { 'Fn::GetAtt': 'ContactFlow.ContactFlowArn' });
const CLOSED = ['LookupIsPublic', 'NONE', 'COGNITO_USER_POOLS'];
const TOKEN_UNITS = {
  AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' };
const VISIBLE = (name) => ({
  CloudWatchMetricsEnabled: true, MetricName: name,
  SampledRequestsEnabled: false });
const SETTLED = [
  ['LookupMethod', 'AuthorizationType', { 'Fn::If': CLOSED }],
  ['LookupMethod', 'AuthorizerId', { 'Fn::If': [
    'LookupIsPublic', ref('AWS::NoValue'), ref('ApiAuthorizer')] }],
  ['ContactFlow', 'Name', sub('vanity-${Stage}')],
  ['ContactFlow', 'Type', 'CONTACT_FLOW'],
  ['ContactFlow', 'State', 'ACTIVE'],
  ['ContactFlow', 'Content.Fn::If.0', 'HasSms'],
  ['SmsFlow', 'Name', sub('vanity-${Stage}-sms')],
  ['SmsFlow', 'Type', 'CONTACT_FLOW'],
  ['SmsFlow', 'State', 'ACTIVE'],
  ...['ContactFlow', 'SmsFlow', 'FlowTest', 'FlowLimitTest']
    .map((name) => [name, 'InstanceArn', ref('ConnectInstanceArn')]),
  ['FlowTest', 'Name', sub('vanity-${Stage}')],
  ['FlowLimitTest', 'Name', sub('vanity-${Stage}-limit')],
  ...['FlowTest', 'FlowLimitTest'].flatMap((name) => [
    [name, 'Status', 'PUBLISHED'],
    [name, 'EntryPoint', { Type: 'VOICE_CALL',
      VoiceCallEntryPointParameters: { FlowId: FLOW_ID } }]]),
  ['Firewall', 'DefaultAction', { Allow: {} }],
  ['Firewall', 'Rules.1.Statement.RateBasedStatement.EvaluationWindowSec', 300],
  ['Firewall', 'Rules.0.VisibilityConfig', VISIBLE('around-cloudfront')],
  ['Firewall', 'Rules.1.VisibilityConfig', VISIBLE('rate')],
  ['Firewall', 'VisibilityConfig', VISIBLE(sub('vanity-${Stage}'))],
  ['Users', 'Policies.PasswordPolicy.MinimumLength', 14],
  ['Users', 'EnabledMfas', ['SOFTWARE_TOKEN_MFA']],
  ['UsersClient', 'ExplicitAuthFlows',
    ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH']],
  ['UsersClient', 'AllowedOAuthFlows', ['implicit']],
  ['UsersClient', 'AccessTokenValidity', 60],
  ['UsersClient', 'IdTokenValidity', 60],
  ['UsersClient', 'RefreshTokenValidity', 1],
  ['UsersClient', 'TokenValidityUnits', TOKEN_UNITS],
  ['UsersClient', 'EnableTokenRevocation', true],
  ['SignIn', 'UserPoolId', ref('Users')],
  ['IndexTable', 'OnDemandThroughput', { MaxReadRequestUnits: 1000 }],
  ['CallsTable', 'OnDemandThroughput',
    { MaxReadRequestUnits: 200, MaxWriteRequestUnits: 200 }],
  ['Key', 'PendingWindowInDays', 30],
  ...['Lookup', 'CallLog', 'Callers']
    .map((name) => [`${name}Function`, 'MemorySize', 128]),
  ['LookupLog', 'LogGroupName', sub('/aws/lambda/vanity-${Stage}-lookup')],
  ['CallLogLog', 'LogGroupName', sub('/aws/lambda/vanity-${Stage}-call-log')],
  ['CallersLog', 'LogGroupName', sub('/aws/lambda/vanity-${Stage}-callers')],
  ['ApiErrorLog', 'LogGroupName',
    sub('API-Gateway-Execution-Logs_${Api}/${Stage}')],
  ['Api', 'Name', sub('vanity-${Stage}')],
  ['Site', 'BucketEncryption.ServerSideEncryptionConfiguration',
    [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }]],
  ['ViewerAddress', 'AutoPublish', true],
  ['SecurityHeaders', 'ResponseHeadersPolicyConfig.CustomHeadersConfig.Items', [
    { Header: 'Permissions-Policy', Override: true,
      Value: 'camera=(), geolocation=(), microphone=()' },
    { Header: 'Cross-Origin-Opener-Policy', Override: true,
      Value: 'same-origin' }]],
  ['SecurityHeaders', 'ResponseHeadersPolicyConfig.SecurityHeadersConfig.' +
    'StrictTransportSecurity.IncludeSubdomains', true],
  ['Distribution', 'DistributionConfig.Enabled', true],
  ['Distribution', 'DistributionConfig.DefaultRootObject', 'index.html'],
  ['Distribution', 'DistributionConfig.Origins.1.DomainName',
    sub('${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}')],
  ['Distribution', 'DistributionConfig.Origins.1.OriginPath', sub('/${Stage}')],
  ['Budget', 'Budget.BudgetType', 'COST'],
  ['Budget', 'Budget.BudgetLimit.Unit', 'USD'],
  ['NoticesByMail', 'Protocol', 'email'],
];

// The same text for the same value, in whatever order its members stand.
function ordered(value) {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort()
    .map((key) => [key, ordered(value[key])]));
}

// "X is Y, not Z" for each wanted value that is not the one there is.
function unlikes(what, got, wanted) {
  return Object.entries(wanted)
    .filter(([name, value]) => text(ordered(got[name])) !== text(ordered(value)))
    .map(([name, value]) => `${what}${name} is ${spelled(got[name])}, not ${
      spelled(value)}`);
}

function conditions(template) {
  const got = template.Conditions || {};
  const conditional = Object.entries(template.Resources)
    .filter(([, { Condition }]) => Condition)
    .map(([name, { Condition: when }]) =>
      `${name.replace(/^(ApiDeployment(?:Public|Jwt))[0-9a-f]{12}$/, '$1')} ${when}`);
  const [, sms, none] = ((template.Resources.ContactFlow || {}).Properties
    .Content || {})['Fn::If'] || [];
  return [
    ...differs('conditions', Object.keys(got), Object.keys(CONDITIONS)),
    ...unlikes('condition ', got, CONDITIONS),
    ...differs('conditional', conditional, CONDITIONAL),
    !text(sms || '').includes('StartOutboundChatContact') &&
      'ContactFlow sends no SMS with a number for it',
    text(none || '').includes('StartOutboundChatContact') &&
      'ContactFlow sends SMS without a number for it',
  ];
}

function outlives(template) {
  const got = Object.fromEntries(Object.entries(template.Resources)
    .filter(([, resource]) => resource.DeletionPolicy ||
      resource.UpdateReplacePolicy)
    .map(([name, resource]) => [name, `${resource.DeletionPolicy}, then ${
      resource.UpdateReplacePolicy}`]));
  return [
    ...differs('policies of deletion', Object.keys(got), Object.keys(OUTLIVE)),
    ...unlikes('deletion of ', got, OUTLIVE),
  ];
}

function outputs(template) {
  const got = Object.fromEntries(Object.entries(template.Outputs || {})
    .map(([name, { Value: value }]) => [name, value]));
  return [
    ...differs('outputs', Object.keys(got), Object.keys(OUTPUTS)),
    ...unlikes('output ', got, OUTPUTS),
  ];
}

function takes(template) {
  const parameters = template.Parameters || {};
  return [
    ...Object.entries(TAKEN).flatMap(([name, [good, bad]]) => {
      const { AllowedPattern: pattern = '' } = parameters[name] || {};
      const whole = new RegExp(`^(?:${pattern})$`);
      return [
        ...good.filter((value) => !whole.test(value))
          .map((value) => `${name} refuses '${value}'`),
        ...bad.filter((value) => whole.test(value))
          .map((value) => `${name} takes '${value}'`),
      ];
    }),
    ...Object.entries(CHOICES).map(([name, choices]) =>
      `${list((parameters[name] || {}).AllowedValues)}` !== choices &&
      `${name} takes something else than ${choices}`),
  ];
}

const at = (node, path) => path.split('.')
  .reduce((place, key) => (place || {})[key], node);

function settled(template) {
  return SETTLED.flatMap(([name, path, value]) => unlikes(`${name}: `,
    { [path]: at((template.Resources[name] || {}).Properties, path) },
    { [path]: value }));
}

module.exports = {
  SETTLED, rules: { conditions, outlives, outputs, takes, settled },
};
