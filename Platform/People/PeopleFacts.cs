using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;
using Wolverine;

namespace PartnerPlatform.Platform.People;

/// <summary><c>POST /people/facts</c>: Identity tells what people did there; see <see cref="PersonFacts"/>.</summary>
public static class PeopleFactsEndpoint
{
    private const int Most = 1000;

    public static void MapPeopleFacts(this IEndpointRouteBuilder app) =>
        app.MapPost("/people/facts", Handle).RequireAuthorization(policy => policy.RequireRole(Roles.Identity));

    private static async Task<IResult> Handle(List<PersonFacts> facts, PeopleNames names, IMessageBus bus, TimeProvider time, CancellationToken ct)
    {
        if (facts.Count > Most)
        {
            return Results.BadRequest();
        }

        foreach (var person in facts)
        {
            await names.Keep(person, ct);
            if (person.EndedBefore is { } before)
            {
                // The person's own decision; Identity only carries it here.
                var ask = new Ask(new Caller(person.Id, Roles.Identity, null), "logged out everywhere", Ids.New("change"), time.GetUtcNow());
                var outcome = await bus.InvokeAsync<Outcome>(new EndUserSessions(ask, person.Id, before), ct);
                if (outcome.Refusal is { Code: not Codes.NotFound })
                {
                    return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
                }
            }
        }

        return Results.NoContent();
    }
}
