// rules.js: our own rules for the template, which no tool checks. Each takes
// the template as JSON and returns one sentence for each violation.
'use strict';

function ofType(template, type) {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([name, resource]) => ({ name, resource, ...resource.Properties }));
}

// Names of the resources that 'value' refers to.
function references(value) {
  if (Array.isArray(value)) return value.flatMap(references);
  if (value === null || typeof value !== 'object') return [];
  if (typeof value.Ref === 'string') return [value.Ref];
  const attribute = value['Fn::GetAtt'];
  if (attribute !== undefined) {
    return [[].concat(attribute)[0].split('.')[0]];
  }
  if (typeof value['Fn::Sub'] === 'string') {
    return [...value['Fn::Sub'].matchAll(/\$\{([A-Za-z0-9]+)/g)]
      .map((match) => match[1]);
  }
  return Object.values(value).flatMap(references);
}

const refersTo = (value, name) => references(value).includes(name);

function statements(template) {
  const documents = Object.entries(template.Resources)
    .flatMap(([name, { Properties: properties = {} }]) => [
      properties.KeyPolicy, properties.PolicyDocument,
      properties.AssumeRolePolicyDocument,
      ...(properties.Policies && Array.isArray(properties.Policies)
        ? properties.Policies.map((policy) => policy.PolicyDocument) : []),
    ].filter(Boolean).map((document) => ({ name, document })));
  return documents.flatMap(({ name, document }) => document.Statement
    .map((statement) => ({ name, ...statement })));
}

const list = (value) => [].concat(value);

function sourceOfPermissions(template) {
  return ofType(template, 'AWS::Lambda::Permission').flatMap((permission) => [
    !permission.SourceArn && `${permission.name} has no SourceArn`,
    !permission.SourceAccount && `${permission.name} has no SourceAccount`,
  ]);
}

function noStarAction(template) {
  return statements(template)
    .filter(({ Effect }) => Effect === 'Allow')
    .filter(({ Action }) => list(Action).some((a) => a.includes('*')))
    .map(({ name }) => `${name} allows actions by '*'`);
}

function noStarResource(template) {
  return ofType(template, 'AWS::IAM::Role').flatMap((role) => list(
    role.Policies || []).flatMap((policy) => policy.PolicyDocument.Statement)
    .filter(({ Resource }) => list(Resource).some((r) => r === '*'))
    .map(() => `${role.name} allows actions on '*'`));
}

function noPlace(template) {
  const text = JSON.stringify(template.Resources);
  return [
    ...(text.match(/(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])/g) || [])
      .map((id) => `the account ${id} is written down`),
    ...(text.match(/\b(us|eu|ap|ca|sa|me|af)-[a-z]+-\d\b/g) || [])
      .map((region) => `the region ${region} is written down`),
    ...(text.match(/arn:aws:/g) || [])
      .map(() => 'a partition is written down'),
  ];
}

function limitsOfFunctions(template) {
  return ofType(template, 'AWS::Lambda::Function').flatMap((fn) => [
    fn.Timeout !== 3 && `${fn.name} may take ${fn.Timeout} s instead of 3`,
    fn.ReservedConcurrentExecutions === undefined &&
      `${fn.name} has no reserved concurrency`,
    fn.Runtime !== 'provided.al2023' && `${fn.name} runs on ${fn.Runtime}`,
    !(fn.LoggingConfig && fn.LoggingConfig.LogGroup) &&
      `${fn.name} has no log group of its own`,
  ]);
}

function oneRoleEach(template) {
  const functions = ofType(template, 'AWS::Lambda::Function');
  const roles = functions.map((fn) => references(fn.Role)[0]);
  return functions
    .filter((fn, i) => roles.indexOf(roles[i]) !== i)
    .map((fn) => `${fn.name} shares its role`);
}

function retention(template) {
  return ofType(template, 'AWS::Logs::LogGroup')
    .filter((group) => !(group.RetentionInDays <= 30))
    .map((group) => `${group.name} keeps its lines longer than 30 days`);
}

// What each function may do in DynamoDB, and with which table.
const GRANTS = {
  LookupFunction: [['dynamodb:GetItem', 'IndexTable']],
  CallLogFunction: [['dynamodb:PutItem', 'CallsTable']],
  CallersFunction: [['dynamodb:Query', 'CallsTable']],
};

function leastPrivilege(template) {
  return ofType(template, 'AWS::Lambda::Function').flatMap((fn) => {
    const role = template.Resources[references(fn.Role)[0]].Properties;
    const granted = role.Policies
      .flatMap((policy) => policy.PolicyDocument.Statement)
      .flatMap(({ Action, Resource }) => list(Action)
        .flatMap((action) => references(Resource).map((to) => [action, to])))
      .filter(([action]) => action.startsWith('dynamodb:'));
    const same = JSON.stringify(granted) === JSON.stringify(GRANTS[fn.name]);
    return [
      !same && `${fn.name} may ${JSON.stringify(granted)}`,
      role.ManagedPolicyArns && `${fn.name} has a managed policy`,
    ];
  });
}

function connectIsLet(template) {
  const associated = ofType(template, 'AWS::Connect::IntegrationAssociation')
    .map((association) => references(association.IntegrationArn)[0]);
  const permitted = ofType(template, 'AWS::Lambda::Permission')
    .filter(({ Principal }) => Principal === 'connect.amazonaws.com')
    .filter(({ SourceArn }) => refersTo(SourceArn, 'ConnectInstanceArn'))
    .map((permission) => references(permission.FunctionName)[0]);
  return ofType(template, 'AWS::Lambda::Function').flatMap((fn) => [
    !associated.includes(fn.name) && `${fn.name} is not associated`,
    !permitted.includes(fn.name) && `Connect may not call ${fn.name}`,
  ]);
}

function indexOutlives(template) {
  const { IndexTable: table } = template.Resources;
  return [
    !/^Retain/.test(table.DeletionPolicy) && 'IndexTable goes with the stack',
    table.UpdateReplacePolicy !== 'Retain' &&
      'IndexTable goes when it is replaced',
    !table.Properties.OnDemandThroughput && 'IndexTable has no upper limit',
  ];
}

function callsAreGuarded(template) {
  const { CallsTable: { Properties: table } } = template.Resources;
  const ttl = table.TimeToLiveSpecification || {};
  const recovery = table.PointInTimeRecoverySpecification || {};
  return [
    !(ttl.Enabled && ttl.AttributeName === 'expires') &&
      'CallsTable keeps calls for ever',
    !recovery.PointInTimeRecoveryEnabled && 'CallsTable cannot be recovered',
    !refersTo((table.SSESpecification || {}).KMSMasterKeyId, 'Key') &&
      'CallsTable is not encrypted by our key',
    !table.OnDemandThroughput && 'CallsTable has no upper limit',
  ];
}

function authorised(template) {
  return ofType(template, 'AWS::ApiGateway::Method').flatMap((method) => {
    const types = method.AuthorizationType['Fn::If'];
    const isCallers = method.name === 'CallersMethod';
    const closed = JSON.stringify(
      isCallers ? method.AuthorizationType : types && types[2]);
    return [
      closed !== '"COGNITO_USER_POOLS"' &&
        `${method.name} asks for no token where it should`,
      !isCallers && types && types[0] !== 'LookupIsPublic' &&
        `${method.name} is open for another reason than LookupAccess`,
      !method.RequestValidatorId && `${method.name} validates no request`,
    ];
  });
}

function guardedStage(template) {
  const stages = ofType(template, 'AWS::ApiGateway::Stage');
  const walls = ofType(template, 'AWS::WAFv2::WebACLAssociation');
  const rules = ofType(template, 'AWS::WAFv2::WebACL')
    .flatMap((acl) => acl.Rules);
  return stages.flatMap((stage) => {
    const all = (stage.MethodSettings || []).find((settings) =>
      settings.ResourcePath === '/*' && settings.HttpMethod === '*') || {};
    return [
      !(all.ThrottlingRateLimit && all.ThrottlingBurstLimit) &&
        `${stage.name} is not throttled`,
      all.DataTraceEnabled !== false && `${stage.name} logs whole requests`,
      !walls.some((wall) => refersTo(wall.ResourceArn, stage.name)) &&
        `${stage.name} has no firewall`,
      !rules.some((rule) => rule.Statement.RateBasedStatement) &&
        `${stage.name} has no limit by address`,
    ];
  });
}

function noPersonalLog(template) {
  return ofType(template, 'AWS::ApiGateway::Stage')
    .map((stage) => (stage.AccessLogSetting || {}).Format || '')
    .flatMap((format) => format.match(
      /\$context\.(identity|authorizer|path|requestOverride)[a-zA-Z.]*/g) || [])
    .map((field) => `the access log holds ${field}`);
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

function guardedPage(template) {
  const policies = ofType(template, 'AWS::CloudFront::ResponseHeadersPolicy');
  const lax = policies.filter((policy) => !/^default-src 'none';/.test(
    policy.ResponseHeadersPolicyConfig.SecurityHeadersConfig
      .ContentSecurityPolicy.ContentSecurityPolicy) ||
    JSON.stringify(policy).includes('unsafe'));
  const behaviours = ofType(template, 'AWS::CloudFront::Distribution')
    .flatMap(({ DistributionConfig: config }) => [
      { PathPattern: '*', ...config.DefaultCacheBehavior },
      ...config.CacheBehaviors]);
  return [
    ...lax.map((policy) => `${policy.name} lets scripts of others run`),
    ...behaviours.filter((behaviour) => !behaviour.ResponseHeadersPolicyId)
      .map(({ PathPattern }) => `${PathPattern} has no security headers`),
    ...behaviours.filter(({ ViewerProtocolPolicy }) =>
      !['https-only', 'redirect-to-https'].includes(ViewerProtocolPolicy))
      .map(({ PathPattern }) => `${PathPattern} is served in plain`),
    ...behaviours.filter((behaviour) => behaviour.TargetOriginId === 'api' &&
      !refersTo(behaviour.FunctionAssociations || [], 'ViewerAddress'))
      .map(({ PathPattern }) => `${PathPattern} hides the viewer's address`),
  ];
}

// The least that must be watched, by metric and what it belongs to.
const WATCHED = [
  ...['Lookup', 'CallLog', 'Callers'].flatMap((name) =>
    ['Errors', 'Throttles', 'Duration'].map((m) => [m, `${name}Function`])),
  ...['ThrottledRequests', 'SystemErrors'].flatMap((metric) =>
    [[metric, 'IndexTable'], [metric, 'CallsTable']]),
  ['5XXError', 'Stage'],
  ['ContactFlowErrors', 'ConnectInstanceArn'],
  ['ContactFlowFatalErrors', 'ConnectInstanceArn'],
];

function watched(template) {
  const alarms = ofType(template, 'AWS::CloudWatch::Alarm');
  return [
    ...WATCHED.filter(([metric, of]) => !alarms.some((alarm) =>
      alarm.MetricName === metric && refersTo(alarm.Dimensions, of)))
      .map(([metric, of]) => `no alarm on ${metric} of ${of}`),
    ...alarms.filter((alarm) => !refersTo(alarm.AlarmActions, 'Notices'))
      .map((alarm) => `${alarm.name} tells nobody`),
    ...alarms.filter((alarm) => alarm.TreatMissingData !== 'notBreaching')
      .map((alarm) => `${alarm.name} is undecided without traffic`),
    ...(ofType(template, 'AWS::Budgets::Budget').length
      ? [] : ['there is no budget']),
  ];
}

const RULES = {
  sourceOfPermissions, noStarAction, noStarResource, noPlace,
  limitsOfFunctions, oneRoleEach, retention, leastPrivilege, connectIsLet,
  indexOutlives, callsAreGuarded, authorised, guardedStage, noPersonalLog,
  closedBucket, guardedPage, watched,
};

// All violations in 'template', as "rule: sentence".
function violations(template) {
  return Object.entries(RULES).flatMap(([name, rule]) => rule(template)
    .filter(Boolean).map((sentence) => `${name}: ${sentence}`));
}

module.exports = { RULES, violations };
