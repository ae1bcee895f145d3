using System.Text.RegularExpressions;
using PartnerPlatform.Contracts.Facts;
using PartnerPlatform.Contracts.Feed;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Commands;
using Wolverine;

namespace PartnerPlatform.Platform.People;

/// <summary><c>POST /people/admissions</c>: the identity provider lets someone in; see <see cref="Admission"/>.</summary>
public static partial class PeopleAdmissionsEndpoint
{
    private const string Reason = "role at the identity provider";

    public static void MapPeopleAdmissions(this IEndpointRouteBuilder app) =>
        app.MapPost("/people/admissions", Handle).RequireAuthorization(policy => policy.RequireRole(Roles.Identity));

    private static async Task<IResult> Handle(Admission admission, IMessageBus bus, TimeProvider time, CancellationToken ct)
    {
        if (!PersonId().IsMatch(admission.Id))
        {
            return Results.BadRequest();
        }

        var ask = new Ask(new Caller(Roles.Identity, Roles.Identity, null), Reason, Ids.New("change"), time.GetUtcNow());
        var outcome = await bus.InvokeAsync<Outcome>(new AdmitUser(ask, admission.Id, admission.Role, admission.Organization), ct);
        return outcome switch
        {
            { Refusal: { Retriable: true } } => Results.StatusCode(StatusCodes.Status503ServiceUnavailable),
            { Refusal: { } refusal } => Results.Json(new NotAdmitted(refusal.Code, refusal.Message), ContractJson.Options, statusCode: StatusCodes.Status409Conflict),
            { Thing: Person person } => Results.Json(new Admitted(person.OrganizationId, person.IssuedBefore), ContractJson.Options),
            _ => throw new InvalidOperationException("An admission was accepted without a person."),
        };
    }

    [GeneratedRegex(@"\Aperson-[0-9a-f]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex PersonId();
}
