using PartnerPlatform.Gateway.Protocol;

namespace PartnerPlatform.Gateway.Rewriting;

/// <summary>The answer to a Produce that is refused whole: its error is found behind the first topics, so nothing of it may reach a broker.</summary>
internal static class ProduceRefusal
{
    /// <param name="exchange">What was asked.</param>
    /// <param name="walked">The request; its topic ids are physical ones and decoys already, its names are the client's.</param>
    public static Node Of(Exchange exchange, Node walked)
    {
        var answer = Node.Of(exchange.Api.Response);
        foreach (var topic in walked.List("topicData"))
        {
            var shown = answer.NewChild("responses").Set("name", topic.Text("name")).Set("topicId", VirtualId(exchange, topic.Get<Guid>("topicId")));
            foreach (var partition in topic.List("partitionData"))
            {
                shown.List("partitionResponses").Add(shown.NewChild("partitionResponses")
                    .Set("index", partition.Get<int>("index")).Set("errorCode", (short)exchange.Refusal).Set("baseOffset", -1L).Set("logStartOffset", -1L));
            }

            answer.List("responses").Add(shown);
        }

        return answer;
    }

    private static Guid VirtualId(Exchange exchange, Guid id) => exchange.FindDecoy(id)?.Id ?? exchange.View.FindPhysicalId(id)?.VirtualId ?? id;
}
