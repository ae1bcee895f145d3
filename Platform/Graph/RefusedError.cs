using GraphQL;
using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Graph;

/// <summary>A refusal as a GraphQL error.</summary>
public sealed class RefusedError : ExecutionError
{
    public RefusedError(Refusal refusal) : base(refusal.Message)
    {
        Code = refusal.Code;
        Extensions = new Dictionary<string, object?>
        {
            ["code"] = refusal.Code,
            ["field"] = refusal.Field,
            ["rule"] = refusal.Rule,
            ["retriable"] = refusal.Retriable,
            ["conflictingVersion"] = refusal.ConflictingVersion,
        };
    }

    public static RefusedError NotFound(string what, string name) => new(Refusal.NotFound(what, name));
}
