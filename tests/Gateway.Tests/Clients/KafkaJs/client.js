// Writes COUNT records to TOPIC, half of them compressed, reads EXPECTED as a member of GROUP, tries to write to FORBIDDEN; tells what it saw as JSON.
const { Kafka, CompressionTypes, logLevel } = require('kafkajs')

const { BOOTSTRAP, ACCOUNT, TOKEN, TOPIC, GROUP, FORBIDDEN, COUNT, EXPECTED } = process.env
const kafka = new Kafka({
  clientId: 'kafkajs',
  brokers: BOOTSTRAP.split(','),
  sasl: { mechanism: 'plain', username: ACCOUNT, password: TOKEN },
  logLevel: logLevel.NOTHING,
})

async function main() {
  const admin = kafka.admin()
  await admin.connect()
  const topics = (await admin.listTopics()).sort()
  await admin.disconnect()

  const producer = kafka.producer()
  await producer.connect()
  for (const [half, compression] of [CompressionTypes.None, CompressionTypes.GZIP].entries()) {
    const messages = Array.from({ length: COUNT / 2 }, (_, i) => ({ value: `js ${half * COUNT / 2 + i}`, partition: i % 3 }))
    await producer.send({ topic: TOPIC, compression, messages })
  }

  let refused = null
  if (FORBIDDEN) {
    try {
      await producer.send({ topic: FORBIDDEN, messages: [{ value: 'no' }] })
    } catch (error) {
      refused = { type: error.type, code: error.code, message: error.message }
    }
  }
  await producer.disconnect()

  const consumer = kafka.consumer({ groupId: GROUP, sessionTimeout: 10000 })
  let assignment = null
  consumer.on(consumer.events.GROUP_JOIN, e => { assignment = e.payload.memberAssignment })
  await consumer.connect()
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true })
  const read = []
  const enough = new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, e => reject(e.payload.error))
    setTimeout(() => reject(new Error(`${read.length} of ${EXPECTED} records came`)), 30000).unref()
    consumer.run({
      autoCommitThreshold: 1,
      eachMessage: async ({ topic, message }) => {
        read.push({ topic, value: message.value.toString() })
        if (read.length === Number(EXPECTED)) {
          resolve()
        }
      },
    }).catch(reject)
  })
  await enough
  await consumer.stop()
  await consumer.disconnect()
  console.log(JSON.stringify({ topics, assignment, read, refused }))
}

main().then(() => process.exit(0), error => {
  console.error(error)
  process.exit(1)
})
