// watch.js: who is told when something goes wrong or costs too much.
'use strict';
const {
  differs, list, ofType, properties, refersTo, spelled, unlike,
} = require('./reading.js');

const FUNCTIONS = ['LookupFunction', 'CallLogFunction', 'CallersFunction'];
// Shorter than the time limit of the functions, in ms.
const SLOW_MOST = 2000;
const MINUTES_MOST = 10;

// The least that must be watched: namespace, metric, what it belongs to.
const WATCHED = [
  ...FUNCTIONS.flatMap((name) => ['Errors', 'Throttles', 'Duration']
    .map((metric) => ['AWS/Lambda', metric, name])),
  ...['ThrottledRequests', 'SystemErrors'].flatMap((metric) => [
    ['AWS/DynamoDB', metric, 'IndexTable', 'GetItem'],
    ['AWS/DynamoDB', metric, 'CallsTable', 'PutItem'],
    ['AWS/DynamoDB', metric, 'CallsTable', 'Query'],
  ]),
  ['AWS/ApiGateway', '5XXError', 'Stage'],
  ['AWS/Connect', 'ContactFlowErrors', 'ConnectInstanceArn'],
  ['AWS/Connect', 'ContactFlowFatalErrors', 'ConnectInstanceArn'],
];

function watches(alarm, [namespace, metric, of, operation]) {
  return alarm.Namespace === namespace && alarm.MetricName === metric &&
    refersTo(alarm.Dimensions, of) &&
    (!operation || list(alarm.Dimensions)
      .some(({ Name, Value }) => Name === 'Operation' && Value === operation));
}

function watched(template) {
  const alarms = ofType(template, 'AWS::CloudWatch::Alarm');
  return WATCHED.filter((item) => !alarms.some((alarm) => watches(alarm, item)))
    .map(([, metric, of, operation = '']) =>
      `no alarm on ${metric} of ${of} ${operation}`.trimEnd());
}

// Every alarm tells, goes off, and goes off soon.
function alarmsRing(template) {
  return ofType(template, 'AWS::CloudWatch::Alarm').flatMap((alarm) => {
    const isTime = alarm.MetricName === 'Duration';
    const [least, most] = isTime ? [1, SLOW_MOST] : [0, 0];
    const { name, Threshold: limit, EvaluationPeriods: periods } = alarm;
    return [
      ...['AlarmActions', 'OKActions']
        .filter((key) => list(alarm[key]).map(spelled).join() !== '${Notices}')
        .map((key) => `${name} tells nobody: ${key}`),
      alarm.ActionsEnabled === false && `${name} tells nobody: it is off`,
      alarm.TreatMissingData !== 'notBreaching' &&
        `${name} is undecided without traffic`,
      unlike(`comparison of ${name}`, alarm.ComparisonOperator,
        'GreaterThanThreshold'),
      !(limit >= least && limit <= most) && `${name} waits for ${limit}`,
      (isTime ? alarm.ExtendedStatistic !== 'p99' : alarm.Statistic !== 'Sum') &&
        `${name} looks at the wrong statistic`,
      !(periods * alarm.Period <= MINUTES_MOST * 60 &&
        alarm.DatapointsToAlarm <= periods) && `${name} is late`,
      !spelled(alarm.AlarmName).startsWith('vanity-${Stage}-') &&
        `${name} is unknown to smoke`,
    ];
  });
}

function notices(template) {
  const mail = properties(template, 'NoticesByMail');
  return [
    unlike('key of Notices', properties(template, 'Notices').KmsMasterKeyId,
      '${Key}'),
    ...differs('topics of NoticesPolicy',
      list(properties(template, 'NoticesPolicy').Topics).map(spelled),
      ['${Notices}']),
    unlike('topic of the mail', mail.TopicArn, '${Notices}'),
    unlike('receiver of the mail', mail.Endpoint, '${AlarmMail}'),
  ];
}

function budget(template) {
  const [money] = ofType(template, 'AWS::Budgets::Budget');
  if (!money) return ['there is no budget'];
  const told = list(money.NotificationsWithSubscribers);
  const kinds = told.filter(({ Notification: when, Subscribers: whom }) =>
    when.ComparisonOperator === 'GREATER_THAN' && when.Threshold <= 100 &&
    list(whom).some(({ Address }) => spelled(Address) === '${AlarmMail}'))
    .map(({ Notification: when }) => when.NotificationType);
  return [
    unlike('amount of the budget', money.Budget.BudgetLimit.Amount,
      '${MonthlyBudget}'),
    unlike('time of the budget', money.Budget.TimeUnit, 'MONTHLY'),
    ...differs('notices of the budget', kinds, ['ACTUAL', 'FORECASTED']),
  ];
}

// The rows of all widgets, and the names in them; {} where it is no JSON.
function rowsOf({ DashboardBody: body }) {
  const [words, names] = list((body || {})['Fn::Sub'] || body);
  const filled = `${words}`.replace(/\$\{([\w:]+)\}/g, '$1');
  try {
    const rows = JSON.parse(filled).widgets
      .flatMap((widget) => widget.properties.metrics)
      .map((row) => row.filter((cell) => typeof cell === 'string'));
    return { rows, used: [...`${words}`.matchAll(/\$\{(\w+)\}/g)]
      .map((match) => match[1]), names: Object.keys(names || {}) };
  } catch {
    return {};
  }
}

function dashboard(template) {
  return ofType(template, 'AWS::CloudWatch::Dashboard').flatMap((board) => {
    const { rows, used, names } = rowsOf(board);
    if (!rows) return [`${board.name} is no dashboard`];
    const there = [...names, ...Object.keys(template.Resources),
      ...Object.keys(template.Parameters || {})];
    return [
      ...used.filter((name) => !there.includes(name))
        .map((name) => `${board.name} shows ${name}, which there is not`),
      // Namespace, metric, then pairs of dimensions.
      ...rows.filter((row) => row.length < 2 || row.length % 2)
        .map((row) => `${board.name} has a broken row: ${row}`),
      ...WATCHED.filter(([namespace, metric]) =>
        metric !== 'SystemErrors' && !rows.some((row) =>
          row[0] === namespace && row[1] === metric))
        .map(([, metric]) => `${board.name} does not show ${metric}`),
      ...FUNCTIONS.filter((name) => !rows.some((row) =>
        row[1] === 'Errors' && row.includes(name)))
        .map((name) => `${board.name} does not show errors of ${name}`),
    ];
  });
}

module.exports = { watched, alarmsRing, notices, budget, dashboard };
